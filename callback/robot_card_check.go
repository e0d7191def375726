package callback

import (
	"errors"
	"fmt"
	"strings"
)

const (
	maxCardKey      = 1024
	maxCardOptionID = 128
	maxCardTaskID   = 128
	maxCardQuestion = 200
	maxFeedbackID   = 256
)

var errNoCard = errors.New("there is no TemplateCard")

// checkCard fails for the first thing in card that WeCom would drop it for.
func checkCard(card RobotTemplateCard) error {
	if card == nil {
		return errNoCard
	}
	var c cardCheck
	card.check(&c)
	return c.err
}

// checkFeedback fails for an id that WeCom would not take.
func checkFeedback(f RobotFeedback) error {
	if len(f.ID) > maxFeedbackID {
		return fmt.Errorf("Feedback.ID has %d bytes, at most %d are allowed", len(f.ID), maxFeedbackID)
	}
	return nil
}

// A cardCheck remembers the first thing wrong with a card.
type cardCheck struct{ err error }

func (c *cardCheck) wantf(ok bool, format string, args ...any) {
	if !ok && c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *cardCheck) text(s, name string) { c.wantf(s != "", "%s is empty", name) }

func (c *cardCheck) count(n, least, most int, name string) {
	c.wantf(least <= n && n <= most, "%s has %d items, want %d to %d", name, n, least, most)
}

// key checks what comes back with an event: keys and ids.
func (c *cardCheck) key(s string, most int, name string) {
	c.text(s, name)
	c.wantf(len(s) <= most, "%s has %d bytes, at most %d are allowed", name, len(s), most)
}

// unique checks a key that none before it in the card may have.
func (c *cardCheck) unique(seen map[string]bool, s, name string) {
	c.wantf(!seen[s], "%s %.50q is not unique", name, s)
	seen[s] = true
}

func (c *cardCheck) taskID(id string, required bool, why string) {
	c.wantf(id != "" || !required, "TaskID is empty%s", why)
	c.wantf(len(id) <= maxCardTaskID, "TaskID has %d bytes, at most %d are allowed", len(id), maxCardTaskID)
	bad := strings.IndexFunc(id, func(r rune) bool { return notAlnum(r) && r != '_' && r != '-' && r != '@' })
	c.wantf(bad < 0, "TaskID %.150q has something else than 0-9 a-z A-Z _ - @", id)
}

func (c *cardCheck) feedback(f RobotFeedback) {
	if err := checkFeedback(f); err != nil {
		c.wantf(false, "%w", err)
	}
}

// link checks that what a tap opens is there.
func (c *cardCheck) link(t CardLinkType, url, appID, name string) {
	c.wantf(t != CardLinkURL || url != "", "%s.URL is empty", name)
	c.wantf(t != CardLinkMiniProgram || appID != "", "%s.AppID is empty", name)
}

func (c *cardCheck) cardAction(a CardAction, required bool) {
	c.wantf(!required || a.Type == CardLinkURL || a.Type == CardLinkMiniProgram,
		"CardAction.Type is %d, want CardLinkURL or CardLinkMiniProgram", a.Type)
	c.link(a.Type, a.URL, a.AppID, "CardAction")
}

func (c *cardCheck) menu(m CardActionMenu, taskID string) {
	if m.Desc == "" && m.ActionList == nil {
		return
	}
	c.text(m.Desc, "ActionMenu.Desc")
	c.count(len(m.ActionList), 1, 3, "ActionMenu.ActionList")
	seen := map[string]bool{}
	for _, a := range m.ActionList {
		c.text(a.Text, "ActionMenu.ActionList.Text")
		c.key(a.Key, maxCardKey, "ActionMenu.ActionList.Key")
		c.unique(seen, a.Key, "ActionMenu.ActionList.Key")
	}
	c.taskID(taskID, true, ", which an ActionMenu needs")
}

func (c *cardCheck) lines(list []RobotCardHorizontalContent) {
	c.count(len(list), 0, 6, "HorizontalContentList")
	for _, l := range list {
		c.text(l.KeyName, "HorizontalContentList.KeyName")
		c.wantf(l.Type != CardContentFile, "HorizontalContentList.Type is CardContentFile, which robots do not have")
		c.wantf(l.Type != CardContentURL || l.URL != "", "HorizontalContentList.URL is empty")
		c.wantf(l.Type != CardContentMember || l.UserID != "", "HorizontalContentList.UserID is empty")
	}
}

func (c *cardCheck) jumps(list []RobotCardJump) {
	c.count(len(list), 0, 3, "JumpList")
	for _, j := range list {
		c.text(j.Title, "JumpList.Title")
		c.link(j.Type, j.URL, j.AppID, "JumpList")
		c.wantf(j.Type != CardLinkQuestion || j.Question != "", "JumpList.Question is empty")
		c.wantf(len(j.Question) <= maxCardQuestion, "JumpList.Question has %d bytes, at most %d are allowed", len(j.Question), maxCardQuestion)
	}
}

func (c *cardCheck) selection(s CardSelect, name string) {
	c.key(s.QuestionKey, maxCardKey, name+".QuestionKey")
	c.count(len(s.OptionList), 1, 10, name+".OptionList")
	seen := map[string]bool{}
	for _, o := range s.OptionList {
		c.option(seen, o.ID, o.Text, name)
	}
}

func (c *cardCheck) option(seen map[string]bool, id, text, name string) {
	c.key(id, maxCardOptionID, name+".OptionList.ID")
	c.unique(seen, id, name+".OptionList.ID")
	c.text(text, name+".OptionList.Text")
}

func (c *cardCheck) submit(b CardSubmitButton) {
	c.text(b.Text, "SubmitButton.Text")
	c.key(b.Key, maxCardKey, "SubmitButton.Key")
}

func (c RobotTextNoticeCard) check(k *cardCheck) {
	k.wantf(c.MainTitle.Title != "" || c.SubTitleText != "", "MainTitle.Title and SubTitleText are empty")
	k.menu(c.ActionMenu, c.TaskID)
	k.link(c.QuoteArea.Type, c.QuoteArea.URL, c.QuoteArea.AppID, "QuoteArea")
	k.lines(c.HorizontalContentList)
	k.jumps(c.JumpList)
	k.cardAction(c.CardAction, true)
	k.taskID(c.TaskID, false, "")
	k.feedback(c.Feedback)
}

func (c RobotNewsNoticeCard) check(k *cardCheck) {
	k.text(c.MainTitle.Title, "MainTitle.Title")
	k.menu(c.ActionMenu, c.TaskID)
	hasImage, hasArea := c.CardImage != CardImage{}, c.ImageTextArea != CardImageTextArea{}
	k.wantf(hasImage || hasArea, "CardImage and ImageTextArea are empty")
	k.wantf(!hasImage || c.CardImage.URL != "", "CardImage.URL is empty")
	ratio := c.CardImage.AspectRatio
	k.wantf(ratio == 0 || 1.3 <= ratio && ratio <= 2.25, "CardImage.AspectRatio is %v, want 1.3 to 2.25", ratio)
	k.wantf(!hasArea || c.ImageTextArea.ImageURL != "", "ImageTextArea.ImageURL is empty")
	k.link(c.ImageTextArea.Type, c.ImageTextArea.URL, c.ImageTextArea.AppID, "ImageTextArea")
	k.link(c.QuoteArea.Type, c.QuoteArea.URL, c.QuoteArea.AppID, "QuoteArea")
	k.count(len(c.VerticalContentList), 0, 4, "VerticalContentList")
	for _, v := range c.VerticalContentList {
		k.text(v.Title, "VerticalContentList.Title")
	}
	k.lines(c.HorizontalContentList)
	k.jumps(c.JumpList)
	k.cardAction(c.CardAction, true)
	k.taskID(c.TaskID, false, "")
	k.feedback(c.Feedback)
}

func (c RobotButtonInteractionCard) check(k *cardCheck) {
	k.wantf(c.MainTitle.Title != "" || c.SubTitleText != "", "MainTitle.Title and SubTitleText are empty")
	k.menu(c.ActionMenu, c.TaskID)
	k.link(c.QuoteArea.Type, c.QuoteArea.URL, c.QuoteArea.AppID, "QuoteArea")
	k.lines(c.HorizontalContentList)
	if s := c.ButtonSelection; s.QuestionKey != "" || s.Title != "" || s.OptionList != nil {
		k.selection(s, "ButtonSelection")
	}
	k.count(len(c.ButtonList), 1, 6, "ButtonList")
	seen := map[string]bool{}
	for _, b := range c.ButtonList {
		k.text(b.Text, "ButtonList.Text")
		k.key(b.Key, maxCardKey, "ButtonList.Key")
		k.unique(seen, b.Key, "ButtonList.Key")
	}
	k.cardAction(c.CardAction, false)
	k.taskID(c.TaskID, true, "")
	k.feedback(c.Feedback)
}

func (c RobotVoteInteractionCard) check(k *cardCheck) {
	k.text(c.MainTitle.Title, "MainTitle.Title")
	k.key(c.Checkbox.QuestionKey, maxCardKey, "Checkbox.QuestionKey")
	k.count(len(c.Checkbox.OptionList), 1, 20, "Checkbox.OptionList")
	seen := map[string]bool{}
	for _, o := range c.Checkbox.OptionList {
		k.option(seen, o.ID, o.Text, "Checkbox")
	}
	k.submit(c.SubmitButton)
	k.taskID(c.TaskID, true, "")
	k.feedback(c.Feedback)
}

func (c RobotMultipleInteractionCard) check(k *cardCheck) {
	k.text(c.MainTitle.Title, "MainTitle.Title")
	k.count(len(c.SelectList), 1, 3, "SelectList")
	seen := map[string]bool{}
	for _, s := range c.SelectList {
		k.selection(s, "SelectList")
		k.unique(seen, s.QuestionKey, "SelectList.QuestionKey")
	}
	k.submit(c.SubmitButton)
	k.taskID(c.TaskID, false, "")
	k.feedback(c.Feedback)
}
