package callback

import "errors"

// Why a request was refused, for errors.Is. They are for the operator's log;
// the answer to the request never says which one it was.
var (
	// ErrEnvelope: the request lacks a parameter, or its body is neither the
	// XML nor the JSON envelope. Usually a stranger's probe, or a proxy that
	// dropped the query.
	ErrEnvelope = errors.New("callback: not a callback request")
	// ErrSignature: msg_signature does not fit. The Token is wrong, or the
	// request does not come from WeCom.
	ErrSignature = errors.New("callback: signature does not match")
	// ErrDecrypt: the signature fits, the ciphertext does not open. The
	// EncodingAESKey is wrong.
	ErrDecrypt = errors.New("callback: cannot decrypt")
	// ErrReceiveID: the callback is for another corp or suite.
	ErrReceiveID = errors.New("callback: receive id does not match")
	// ErrTimestamp: signed longer ago than [WithTimestampTolerance] allows.
	ErrTimestamp = errors.New("callback: timestamp out of tolerance")
	// ErrPayload: decrypted and authentic, but neither XML nor JSON.
	ErrPayload = errors.New("callback: cannot parse event")
)

// ErrFileTooLarge: a file has more bytes than [Keys.DecryptFile] was told.
var ErrFileTooLarge = errors.New("callback: the file is over the limit")

// Why an authentic event was not handled, in [Delivery].
var (
	// ErrQueueFull: no place came free in the queue of [WithWorkers] before
	// WeCom hung up. It delivers the event again.
	ErrQueueFull = errors.New("callback: the queue is full")
	// ErrClosed: [Handler.Close] was called before the event was handled; in
	// an inbox it waits for the next process.
	ErrClosed = errors.New("callback: the handler is closed")
)

// ErrRedeliver, returned or wrapped by a handler, says that the event is to
// come again. From a handler that runs before the answer it leaves the request
// without one, so that WeCom delivers the event again: up to three more times.
// Any other error is an HTTP 500, which WeCom takes for an answer. With
// [WithInbox] the event comes again from there. To workers without an inbox no
// event comes again.
var ErrRedeliver = errors.New("callback: deliver again")
