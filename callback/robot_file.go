package callback

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

const (
	fileBuffer = 32 << 10
	emptyReads = 100 // in a row
)

// DecryptFile decrypts a file that a user sent to an intelligent robot: r is
// the body of what the URL of a [RobotImage], [RobotFile] or [RobotVideo]
// answers, k are the robot's keys.
//
//	resp, err := http.Get(m.Image.URL)
//	...
//	defer resp.Body.Close()
//	image, err := keys.DecryptFile(resp.Body, 20<<20)
//	...
//	data, err := io.ReadAll(image)
//
// The result decrypts while it is read. It fails with [ErrFileTooLarge] when
// the file has more than limit bytes, and at its end with [ErrDecrypt] if the
// padding is wrong, as it is in a file that is cut off or belongs to other keys:
// what was read so far is worthless then. One such file in 250 passes, because
// nothing else in a file says that it is right.
func (k Keys) DecryptFile(r io.Reader, limit int64) (io.Reader, error) {
	if limit <= 0 {
		return nil, errors.New("callback: DecryptFile: want a positive limit")
	}
	sets, err := newKeySets([]Keys{k})
	if err != nil {
		return nil, err
	}
	secrets := sets[0].secrets()
	return &fileReader{src: r, limit: limit, mode: cipher.NewCBCDecrypter(secrets.block, secrets.iv), buf: make([]byte, fileBuffer)}, nil
}

// A fileReader decrypts src. It holds the last 32 bytes back: they may be
// padding.
type fileReader struct {
	src   io.Reader
	mode  cipher.BlockMode
	limit int64

	buf   []byte
	start int   // of what is decrypted and not read yet
	plain int   // its end, where the ciphertext begins
	end   int   // of the ciphertext
	total int64 // bytes decrypted
	empty int   // reads without a byte
	err   error // io.EOF when the padding is off
}

func (f *fileReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		ready := f.plain - f.start
		if f.err == nil {
			ready -= padTo
		} else if f.err != io.EOF { //nolint:errorlint // finish sets it so
			return 0, f.err
		}
		if ready > 0 {
			n := copy(p, f.buf[f.start:f.start+ready])
			f.start += n
			return n, nil
		}
		if f.err != nil {
			return 0, f.err
		}
		f.fill()
	}
}

func (f *fileReader) fill() {
	copy(f.buf, f.buf[f.start:f.end])
	f.plain, f.end, f.start = f.plain-f.start, f.end-f.start, 0

	n, err := f.src.Read(f.buf[f.end:])
	f.end += n
	if f.empty++; n > 0 {
		f.empty = 0
	}
	whole := (f.end - f.plain) / aes.BlockSize * aes.BlockSize
	f.mode.CryptBlocks(f.buf[f.plain:f.plain+whole], f.buf[f.plain:f.plain+whole])
	f.plain += whole
	f.total += int64(whole)
	switch {
	case f.total-padTo > f.limit:
		f.err = fmt.Errorf("%w of %d bytes", ErrFileTooLarge, f.limit)
	case err == io.EOF:
		f.err = f.finish()
	case err != nil:
		f.err = err
	case f.empty >= emptyReads:
		f.err = io.ErrNoProgress
	}
}

// finish takes the padding off.
func (f *fileReader) finish() error {
	if f.plain == 0 || f.plain != f.end {
		return fmt.Errorf("%w: the file has %d bytes, not whole blocks", ErrDecrypt, f.total+int64(f.end-f.plain))
	}
	data, ok := unpad(f.buf[:f.plain])
	if !ok {
		return fmt.Errorf("%w: bad padding, the file is cut off or belongs to other keys", ErrDecrypt)
	}
	if f.total-int64(f.plain-len(data)) > f.limit {
		return fmt.Errorf("%w of %d bytes", ErrFileTooLarge, f.limit)
	}
	f.plain = len(data)
	return io.EOF
}
