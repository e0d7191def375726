package callback

import (
	"fmt"
	"log/slog"
)

// printRobot prints an event that holds a [ResponseURL], in a field and in Raw:
// which one it is, and not what it says.
func printRobot(s fmt.State, h *Header, msgID string) {
	_, _ = fmt.Fprintf(s, "%s{MsgID:%q FromUserName:%q [redacted]}", h.Kind(), msgID, h.FromUserName)
}

// logRobot is printRobot for logs.
func logRobot(h *Header, msgID string) slog.Value {
	return slog.GroupValue(slog.String("event", h.Kind()), slog.String("msgid", msgID), slog.String("from", h.FromUserName))
}

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotTextMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotTextMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotImageMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotImageMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotMixedMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotMixedMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotVoiceMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotVoiceMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotFileMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotFileMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which message it is and not the ResponseURL, whatever the verb.
func (v RobotVideoMessage) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which message it is and not the ResponseURL.
func (v RobotVideoMessage) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }

// Format shows which event it is and not the ResponseURL, whatever the verb.
func (v RobotTemplateCardEvent) Format(s fmt.State, _ rune) { printRobot(s, &v.Header, v.MsgID) }

// LogValue shows which event it is and not the ResponseURL.
func (v RobotTemplateCardEvent) LogValue() slog.Value { return logRobot(&v.Header, v.MsgID) }
