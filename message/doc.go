// Package message sends messages: greetings and mass messages to customers, in
// the name of the members who follow them; app messages to members, app chats
// and linked corps; school notices to parents; and what group robots say.
//
//	messages := message.New(client)
//
//	// A customer was added: greet them within 20 seconds.
//	err := messages.SendWelcome(ctx, message.SendWelcomeRequest{
//		WelcomeCode: event.WelcomeCode,
//		Text:        message.Text{Content: "Welcome! Your voucher:"},
//		Attachments: []message.Attachment{
//			message.LinkAttachment{Title: "10 % off", URL: "https://shop.example/voucher"},
//		},
//	})
//
//	// Tell a member.
//	res, err := messages.Send(ctx, message.SendRequest{
//		ToUser:  []string{"alice"},
//		AgentID: 1000002,
//		Body:    message.TextCard{Title: "New order", Description: "2 × tea", URL: "https://shop.example/orders/7"},
//	})
//
// What a message holds is a value of one of the types that [Attachment],
// [AppBody], [AppChatBody], [LinkedCorpBody], [SchoolNoticeBody] or [RobotBody]
// lists. Greetings and mass messages to customers need an app that the
// console lists under 客户联系 as allowed to call; app messages need the app's own
// secret. A [Robot] needs neither: it has a client of its own.
//
// A mass message goes out when members confirm it. [Service.AddMsgTemplateBySender]
// asks several members at once, and [Service.WaitGroupMsg] tells what becomes of
// it, customer by customer.
//
// # Concurrency
//
// A [Service] and a [Robot] are safe for concurrent use.
//
// # Errors
//
// Some recipients can be refused while the others get the message. That is not
// an error: the results of [Service.AddMsgTemplate], [Service.Send] and the like
// name those left out, and have a Partial method. Other failures are those of
// [wecom.Do]. A message is never sent twice by itself: if the reply is lost, the
// error matches [wecom.ErrOutcomeUnknown] and the caller decides.
//
// # Testing
//
// Package wecomtest simulates WeCom in memory: a test adds a customer, lets a
// member confirm a mass message, moves the clock past the 20 seconds of a
// welcome code, or loses a reply.
package message
