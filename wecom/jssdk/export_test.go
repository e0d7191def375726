package jssdk

// TicketResult is the reply that a ticket comes in.
type TicketResult = ticketResult

// Requests that methods make of their arguments.
type (
	GetUserDetailRequest = getUserDetailRequest
	GetTFAInfoRequest    = getTFAInfoRequest
	TFASuccRequest       = tfaSuccRequest
)
