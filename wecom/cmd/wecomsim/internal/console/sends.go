package console

import (
	"slices"
	"time"

	"github.com/wecomkit/wecom-go/wecom/cmd/wecomsim/internal/api"
	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// A massSend is a mass message as its members have it before them.
type massSend struct {
	wecomtest.MassSend
	By    face // who wrote it; of an app there is none
	Files []*attachment
	Tasks []sendTask
	Sent  int // how many members are done
}

// A sendTask is what one member has to do.
type sendTask struct {
	wecomtest.MassSendTask
	Member  face
	Done    bool
	Results []sendResult // some of them
	More    int          // how many are left out
	Counts  map[int]int  // by status
}

type sendResult struct {
	wecomtest.MassSendResult
	To face
}

// Label says what became of the message.
func (r *sendResult) Label() string {
	switch r.Status {
	case 1:
		return "sent"
	case 2:
		return "no friend"
	case 3:
		return "had enough"
	default:
		return "waiting"
	}
}

// maxResults is how many recipients of a task are shown.
const maxResults = 24

func (v *visit) massSends() (string, any, error) {
	list, err := v.api.MassSends(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	part := v.part()
	recent := newest(list.Items)
	from := min(part.Offset, len(recent))
	recent = recent[from:min(from+part.Limit, len(recent))]
	p := struct {
		Rows  []massSend
		Pager pager
	}{Pager: v.pager(part, len(recent), list.Total)}
	for _, m := range recent {
		row := massSend{MassSend: m, Files: v.attachments(m.Attachments)}
		if m.Creator != "" {
			row.By = v.Face(m.Creator)
		}
		for _, t := range m.TaskList {
			row.Tasks = append(row.Tasks, v.sendTask(t))
			if t.Status != 0 {
				row.Sent++
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return "Mass messages", p, nil
}

func (v *visit) sendTask(t wecomtest.MassSendTask) sendTask {
	out := sendTask{MassSendTask: t, Member: v.Face(t.UserID), Done: t.Status != 0, Counts: make(map[int]int)}
	for i, r := range t.SendList {
		out.Counts[r.Status]++
		if i >= maxResults {
			out.More++
			continue
		}
		to := sendResult{MassSendResult: r}
		if r.ChatID == "" {
			to.To = v.Face(r.ExternalUserID)
		} else {
			to.To = v.chatFace(r.ChatID)
		}
		out.Results = append(out.Results, to)
	}
	return out
}

// chatFace shows a group chat as one shows somebody.
func (v *visit) chatFace(id string) face {
	g, err := v.api.GroupChat(v.ctx, api.InGroupChat{InCorp: v.in, ChatID: id})
	f := newFace(id, g.Name)
	f.Gone = err != nil
	f.Link = v.Link("groupchats", id)
	return f
}

// A post is a moment as one member published it.
type post struct {
	wecomtest.Moment
	By        face
	Time      time.Time
	Files     []*attachment
	Likes     []face
	Comments  []face
	Seen      int    // by how many customers
	Reactors  []face // who can like it or comment on it
	Waiting   []face // members who have not published it
	Published bool
}

// momentsPage is a feed.
type momentsPage struct {
	Posts   []post // as they were published, the latest first
	Waiting []post // what members are asked to publish
	As      face   // whose feed it is; everybody's if there is none
	Viewers []option
	Members []wecomtest.Member
}

// maxReactors is among how many people one chooses who likes a moment.
const maxReactors = 50

func (v *visit) moments() (string, any, error) {
	list, err := v.api.Moments(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	p := momentsPage{}
	as := v.query("as")
	if as != "" {
		p.As = v.Face(as)
	}
	for _, m := range list.Items {
		waiting := post{Moment: m, Files: v.attachments(m.Attachments), Time: m.CreateTime}
		for _, t := range m.TaskList {
			switch {
			case t.PublishStatus == 0:
				waiting.Waiting = append(waiting.Waiting, v.Face(t.UserID))
			case as == "" || as == t.UserID || slices.Contains(t.CustomerList, as):
				p.Posts = append(p.Posts, v.post(m, t))
			}
		}
		if len(waiting.Waiting) > 0 && !m.Cancelled {
			p.Waiting = append(p.Waiting, waiting)
		}
	}
	slices.SortStableFunc(p.Posts, func(a, b post) int { return b.Time.Compare(a.Time) })
	if p.Viewers, err = v.options("person", "as"); err != nil {
		return "", nil, err
	}
	p.Members, err = v.present()
	return "Moments", p, err
}

func (v *visit) post(m wecomtest.Moment, t wecomtest.MomentTask) post {
	out := post{Moment: m, By: v.Face(t.UserID), Time: t.PublishTime, Files: v.attachments(m.Attachments), Seen: len(t.CustomerList), Published: true}
	for _, r := range t.LikeList {
		out.Likes = append(out.Likes, v.Face(r.UserID+r.ExternalUserID))
	}
	for _, r := range t.CommentList {
		out.Comments = append(out.Comments, v.Face(r.UserID+r.ExternalUserID))
	}
	out.Reactors = v.faces(t.CustomerList[:min(len(t.CustomerList), maxReactors)])
	out.Reactors = append(out.Reactors, out.By)
	return out
}

// waysPage is how strangers come.
type waysPage struct {
	Contact []contactWay
	Join    []joinWay
	Links   []acquisitionLink
}

type contactWay struct {
	api.ContactWay
	Members []face
}

type joinWay struct {
	wecomtest.JoinWay
	Chats []face
}

type acquisitionLink struct {
	wecomtest.AcquisitionLink
	Members []face
}

func (v *visit) ways() (string, any, error) {
	var p waysPage
	contact, err := v.api.ContactWays(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	for _, w := range contact.Items {
		p.Contact = append(p.Contact, contactWay{w, v.faces(w.User)})
	}
	join, err := v.api.JoinWays(v.ctx, v.whole())
	if err != nil {
		return "", nil, err
	}
	for _, w := range join.Items {
		row := joinWay{JoinWay: w}
		for _, id := range w.ChatIDList {
			row.Chats = append(row.Chats, v.chatFace(id))
		}
		p.Join = append(p.Join, row)
	}
	links, err := v.api.AcquisitionLinks(v.ctx, v.whole())
	for _, l := range links.Items {
		p.Links = append(p.Links, acquisitionLink{l, v.faces(l.UserList)})
	}
	return "Ways in", p, err
}
