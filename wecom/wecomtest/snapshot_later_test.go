package wecomtest_test

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// TestWhatIsDueComesOnce: what WeCom does by itself later is in the snapshot. It
// happens once on a server that was forked before, and once on one that was
// forked after it had happened.
func TestWhatIsDueComesOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		begin func(t *testing.T, srv *wecomtest.Server)
		after time.Duration // it is due
		want  []string      // deliveries
	}{
		{"transfers end after a day", func(t *testing.T, srv *wecomtest.Server) {
			srv.Seed().Member(wecomtest.Member{UserID: "bob"})
			srv.Seed().Customer(wecomtest.Customer{ExternalUserID: "zoe", FollowUser: []wecomtest.Follow{{UserID: "alice"}}})
			newCaller(t, srv).transfer("alice", "bob", "zoe")
		}, 24 * time.Hour, []string{
			"contact del_external_contact UserID=alice ExternalUserID=zoe Source=DELETE_BY_TRANSFER",
			"contact add_external_contact UserID=bob ExternalUserID=zoe",
		}},
		{"quotas expire, with warnings", func(_ *testing.T, srv *wecomtest.Server) {
			srv.Act().BuyAcquisitionQuota(30, srv.Clock().Now().AddDate(0, 0, 3))
		}, 72 * time.Hour, []string{
			"customer_acquisition quota_expire_soon ExpireTime=1800259200 ExpireQuotaNum=30",
			"customer_acquisition quota_expire_soon ExpireTime=1800259200 ExpireQuotaNum=30",
			"customer_acquisition balance_exhausted",
		}},
		{"uploads by URL end", func(t *testing.T, srv *wecomtest.Server) {
			file := []byte("a file of some length")
			sum := md5.Sum(file)
			srv.Seed().URL("https://example.com/a.txt", wecomtest.RemoteFile{Data: file})
			newCaller(t, srv).ok("media/upload_by_url", object{
				"scene": 1, "type": "file", "filename": "a.txt", "url": "https://example.com/a.txt", "md5": hex.EncodeToString(sum[:]),
			})
		}, time.Second, []string{"upload_media_job_finish  JobId=jobid_" + jobID}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := frozen(t)
			srv.Seed().Member(wecomtest.Member{UserID: "alice"})
			test.begin(t, srv)
			data := snapshot(t, srv)

			early := srv.Fork(t)
			assert.Equal(t, data, snapshot(t, early))
			early.Callback(newReceiver(t, early))
			early.Clock().Advance(test.after - time.Nanosecond)
			late := early.Fork(t) // amid it, for some
			early.Clock().Advance(time.Nanosecond)
			early.WaitDeliveries(len(test.want))
			assert.Equal(t, test.want, heard(early))

			after := early.Fork(t)
			after.Callback(newReceiver(t, after))
			after.Clock().Advance(2 * test.after)
			assert.Empty(t, after.Deliveries(), "it has happened")

			late.Callback(newReceiver(t, late))
			late.Clock().Advance(2 * test.after)
			assert.NotEmpty(t, heard(late))
			assert.Subset(t, test.want, heard(late))

			require.NoError(t, early.Restore([]byte(data)))
			early.Clock().Advance(test.after)
			assert.Equal(t, append(test.want, test.want...), heard(early), "once in each life")
		})
	}
}

const jobID = "2QsY2_jn1p3I8EreTx-1ZIf_oVVuSH7ktTxW7PRe924"

// TestTicketsGoOn: a suite is sent its tickets when it would have been.
func TestTicketsGoOn(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	suite := srv.AddSuite(wecomtest.Suite{})
	h := newReceiver(t, srv)
	h.keys, h.anyID = srv.SuiteKeys(suite.SuiteID), true
	h.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: suite.SuiteID, Handler: h}))
	srv.Clock().Advance(6 * time.Minute)
	srv.WaitDeliveries(1)
	data := snapshot(t, srv)

	srv.Clock().Advance(time.Hour)
	assert.Len(t, srv.Deliveries(), 7)
	require.NoError(t, srv.Restore([]byte(data)))
	srv.Clock().Advance(4*time.Minute - 1)
	assert.Len(t, srv.Deliveries(), 7)
	srv.Clock().Advance(1)
	assert.Len(t, srv.Deliveries(), 8)
	srv.Clock().Advance(10 * time.Minute)
	assert.Len(t, srv.Deliveries(), 9)
	assert.Equal(t, srv.Delivery(2).Body, srv.Delivery(8).Body, "the same ticket at the same time")

	fork := srv.Fork(t)
	require.NoError(t, fork.SetCallback(wecomtest.Callback{SuiteID: suite.SuiteID, Handler: h}))
	fork.Clock().Advance(20 * time.Minute)
	assert.Len(t, fork.Deliveries(), 3, "a new callback has its own rhythm, and one only")
	require.NoError(t, fork.RemoveCallback(wecomtest.Callback{SuiteID: suite.SuiteID}))
	assert.NotContains(t, snapshot(t, fork), `"agenda":[{`)
}

// TestTicketsBegin: a handler that stays is sent tickets, also if there was none
// when the snapshot was taken.
func TestTicketsBegin(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	suite := srv.AddSuite(wecomtest.Suite{})
	early := snapshot(t, srv)
	h := newReceiver(t, srv)
	h.keys, h.anyID = srv.SuiteKeys(suite.SuiteID), true
	h.post = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("success")) }
	require.NoError(t, srv.SetCallback(wecomtest.Callback{SuiteID: suite.SuiteID, Handler: h}))
	srv.Clock().Advance(10 * time.Minute)
	require.Len(t, srv.Deliveries(), 2)

	require.NoError(t, srv.Restore([]byte(early)))

	srv.WaitDeliveries(3)
	srv.Clock().Advance(20 * time.Minute)
	assert.Len(t, srv.Deliveries(), 5)
}

// TestRobotsAreAskedOn: a robot that is in the midst of a stream is asked for
// the rest by the server that has it now.
func TestRobotsAreAskedOn(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	b := newAIBot(srv, func(reply) object { return stream("s1", "1", false) })
	srv.Act().WriteToAIBot("alice", b.id, text("count"))
	srv.WaitDeliveries(1)

	fork := srv.Fork(t)
	heir := &aiBot{srv: fork, id: b.id, keys: fork.AIBotKeys(b.id), answer: func(msg reply) object {
		return object{"msgtype": "stream", "stream": object{"id": msg.text("stream.id"), "finish": true, "content": "12"}}
	}}
	require.NoError(t, fork.SetCallback(wecomtest.Callback{AIBotID: b.id, Handler: heir}))
	fork.Clock().Advance(10 * time.Second)

	require.Len(t, fork.Deliveries(), 1)
	said := fork.AIBotChat(b.id, "alice", "")[1]
	assert.Equal(t, "12", said.Text)
	assert.True(t, said.Finished)
	assert.Equal(t, "1", srv.AIBotChat(b.id, "alice", "")[1].Text)
}

// TestAnswersToWhatIsNoMore: a robot answers what a server was told before it
// was restored, and nobody takes it in.
func TestAnswersToWhatIsNoMore(t *testing.T) {
	t.Parallel()
	srv := frozen(t)
	asked, answer := make(chan struct{}), make(chan struct{})
	b := newAIBot(srv, func(reply) object {
		asked <- struct{}{}
		<-answer
		return stream("s1", "1", true)
	})
	data := snapshot(t, srv)
	srv.Act().WriteToAIBot("alice", b.id, text("hello"))
	<-asked

	require.NoError(t, srv.Restore([]byte(data)))
	close(answer)
	srv.WaitDeliveries(1)
	srv.Close() // waits for all that is under way

	assert.Equal(t, data, snapshot(t, srv))
}
