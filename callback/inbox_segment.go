package callback

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// A FileInbox keeps its entries in numbered files, the segments. Only the
// newest is written to, and only at its end. A segment is a header and
// records:
//
//	header  magic[8] number:8 before:8 nonce:8 crc:4
//	record  length:4 crc:4 payload[length]
//
// Numbers are big-endian. before is how much of the segment before this one
// counts; what follows there was never acknowledged. A record's crc covers
// the nonce, the record's offset and the payload, so that nothing passes for
// a record anywhere but where it was written as one. The payload's first byte
// is the kind:
//
//	mark   nothing more: all that comes before was synced before this was written
//	entry  seq:8 state:1 attempts:4 time:8 received:8 key suite corp body
//	state  seq:8 state:1 attempts:4 time:8: what has become of an entry since
//
// Strings have a length of 4 bytes before them, the body has the rest. time is
// when an entry that waits is due, or when one that is done was done.
const (
	segmentMagic = "wecom-1\n"
	headerLen    = len(segmentMagic) + 3*8 + 4
	recordHead   = 8
	markLen      = recordHead + 1
	maxPayload   = 16 << 20
)

const (
	recordMark  = 'm'
	recordEntry = 'e'
	recordState = 's'
)

// An entryState is where an entry is on its way from Append to Done.
type entryState byte

const (
	stateWaiting entryState = iota
	stateTaken
	stateDone
)

var (
	errHeader  = errors.New("the header is damaged")
	errPayload = errors.New("not a record")
	castagnoli = crc32.MakeTable(crc32.Castagnoli) //nolint:gochecknoglobals // a constant table
)

// A record is an entry, or what has become of one.
type record struct {
	kind     byte
	seq      uint64
	state    entryState
	attempts int
	at       time.Time
	entry    Entry // of an entry; without Attempts
}

type segmentHeader struct {
	number uint64
	before int64
	nonce  uint64
}

func (h segmentHeader) encode() []byte {
	b := make([]byte, 0, headerLen)
	b = append(b, segmentMagic...)
	b = binary.BigEndian.AppendUint64(b, h.number)
	b = appendInt(b, h.before)
	b = binary.BigEndian.AppendUint64(b, h.nonce)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func readHeader(b []byte) (segmentHeader, error) {
	if len(b) < headerLen || string(b[:len(segmentMagic)]) != segmentMagic ||
		crc32.Checksum(b[:headerLen-4], castagnoli) != binary.BigEndian.Uint32(b[headerLen-4:]) {
		return segmentHeader{}, errHeader
	}
	b = b[len(segmentMagic):]
	h := segmentHeader{number: binary.BigEndian.Uint64(b), before: readInt(b[8:]), nonce: binary.BigEndian.Uint64(b[16:])}
	if h.before < 0 {
		return segmentHeader{}, errHeader
	}
	return h, nil
}

// append writes r behind b, which is to stand at offset base of the segment.
func (h segmentHeader) append(b []byte, base int64, r record) []byte {
	start := len(b)
	b = append(b, make([]byte, recordHead)...)
	b = append(b, r.kind)
	if r.kind != recordMark {
		b = binary.BigEndian.AppendUint64(b, r.seq)
		b = append(b, byte(r.state))
		b = binary.BigEndian.AppendUint32(b, uint32(r.attempts)) //nolint:gosec // bounded by maxAttempts and crashes
		b = appendTime(b, r.at)
	}
	if r.kind == recordEntry {
		b = appendTime(b, r.entry.Received)
		for _, s := range [...]string{r.entry.Key, r.entry.Tenant.SuiteID, r.entry.Tenant.CorpID} {
			b = binary.BigEndian.AppendUint32(b, uint32(len(s))) //nolint:gosec // Append has checked it
			b = append(b, s...)
		}
		b = append(b, r.entry.Body...)
	}
	payload := b[start+recordHead:]
	binary.BigEndian.PutUint32(b[start:], uint32(len(payload))) //nolint:gosec // Append has checked it
	binary.BigEndian.PutUint32(b[start+4:], h.sum(base+int64(start), payload))
	return b
}

func (h segmentHeader) sum(offset int64, payload []byte) uint32 {
	var place [16]byte
	binary.BigEndian.PutUint64(place[:], h.nonce)
	binary.BigEndian.PutUint64(place[8:], uint64(offset)) //nolint:gosec // never negative
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, payload)
}

// payloadLen is how long the payload of e's record is.
func payloadLen(e Entry) int {
	return 1 + 8 + 1 + 4 + 8 + 8 + 3*4 + len(e.Key) + len(e.Tenant.SuiteID) + len(e.Tenant.CorpID) + len(e.Body)
}

// read reads the record that begins b, at that offset of the segment, and
// reports its length. The entry's Body is a part of b.
func (h segmentHeader) read(b []byte, offset int64) (record, int, error) {
	if len(b) < recordHead {
		return record{}, 0, errPayload
	}
	size := binary.BigEndian.Uint32(b)
	if size == 0 || size > maxPayload || int(size) > len(b)-recordHead {
		return record{}, 0, errPayload
	}
	payload := b[recordHead:][:size]
	if binary.BigEndian.Uint32(b[4:]) != h.sum(offset, payload) {
		return record{}, 0, errPayload
	}
	r, err := readPayload(payload)
	return r, recordHead + int(size), err
}

func readPayload(b []byte) (record, error) {
	r := record{kind: b[0]}
	b = b[1:]
	if r.kind == recordMark {
		return r, when(len(b) == 0)
	}
	const stateLen = 8 + 1 + 4 + 8
	if r.kind != recordEntry && r.kind != recordState || len(b) < stateLen {
		return record{}, errPayload
	}
	r.seq, r.state = binary.BigEndian.Uint64(b), entryState(b[8])
	r.attempts, r.at = int(binary.BigEndian.Uint32(b[9:])), readTime(b[13:])
	if r.state > stateDone {
		return record{}, errPayload
	}
	b = b[stateLen:]
	if r.kind == recordState {
		return r, when(len(b) == 0)
	}
	if len(b) < 8 {
		return record{}, errPayload
	}
	r.entry.Received = readTime(b)
	b = b[8:]
	for _, s := range [...]*string{&r.entry.Key, &r.entry.Tenant.SuiteID, &r.entry.Tenant.CorpID} {
		if len(b) < 4 {
			return record{}, errPayload
		}
		n := int64(binary.BigEndian.Uint32(b))
		if n > int64(len(b)-4) {
			return record{}, errPayload
		}
		*s, b = string(b[4:4+n]), b[4+n:]
	}
	r.entry.Body = b
	return r, nil
}

func when(ok bool) error {
	if !ok {
		return errPayload
	}
	return nil
}

// scan reads the records of a segment from an offset on, and returns where
// the last one ends that is whole.
func (h segmentHeader) scan(data []byte, offset int64, visit func(r record, offset int64, size int)) int64 {
	for {
		r, n, err := h.read(data[offset:], offset)
		if err != nil {
			return offset
		}
		visit(r, offset, n)
		offset += int64(n)
	}
}

// findMark looks for the next mark after an offset at which no record can be
// read, and reports whether there is one: then what cannot be read was stored
// once. Without one it is the rest of a write that did not come to its end.
func (h segmentHeader) findMark(data []byte, offset int64) (int64, bool) {
	for offset++; offset+int64(markLen) <= int64(len(data)); offset++ {
		if b := data[offset:]; binary.BigEndian.Uint32(b) == 1 && b[recordHead] == recordMark {
			if _, _, err := h.read(b, offset); err == nil {
				return offset, true
			}
		}
	}
	return 0, false
}

// A damage is a stretch of a segment that cannot be read.
type damage struct {
	segment  string
	from, to int64
}

func (d damage) Error() string {
	return fmt.Sprintf("%v: %s cannot be read from byte %d to %d", ErrInboxCorrupt, d.segment, d.from, d.to)
}

func (d damage) Unwrap() error { return ErrInboxCorrupt }

// Times are nanoseconds since 1970, and 0 is the zero time.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return appendInt(b, 0)
	}
	return appendInt(b, t.UnixNano())
}

func readTime(b []byte) time.Time {
	n := readInt(b)
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}

func appendInt(b []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(n)) //nolint:gosec // readInt undoes it
}

func readInt(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) } //nolint:gosec // appendInt did it
