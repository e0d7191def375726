package wecom

// Lines returns how many corps' and IPs' APIs the limiter keeps in memory.
func (l *LocalLimiter) Lines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}
