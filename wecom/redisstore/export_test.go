package redisstore

// Consumer is b's name in the group of its stream.
func (b *Inbox) Consumer() string { return b.consumer }
