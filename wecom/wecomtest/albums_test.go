package wecomtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/wecomkit/wecom-go/wecom/wecomtest"
)

// pictures are as many attachments of products.
func pictures(srv *wecomtest.Server, n int) []object {
	out := []object{}
	for range n {
		out = append(out, picture(srv.Seed().Media(wecomtest.Media{Type: "image", AttachmentType: 2})))
	}
	return out
}

func picture(mediaID string) object {
	return object{"type": "image", "image": object{"media_id": mediaID}}
}

// album adds a chair.
func (c *caller) album() string {
	c.t.Helper()
	return c.ok("externalcontact/add_product_album", object{"description": "chair", "price": 30000, "attachments": pictures(c.srv, 1)}).text("product_id")
}

func TestProductAlbum(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	srv.Clock().Freeze(time.Unix(1600000000, 0))
	c := newCaller(t, srv)
	id := c.ok("externalcontact/add_product_album", object{
		"description": "chair", "price": 30000, "product_sn": "c1", "attachments": pictures(srv, 2),
	}).text("product_id")

	r := c.ok("externalcontact/get_product_album", object{"product_id": id})
	list := c.ok("externalcontact/get_product_album_list", object{})

	assert.Equal(t, []any{id, "chair", 30000.0, "c1", 1.6e9}, []any{
		r.at("product.product_id"), r.at("product.description"), r.at("product.price"), r.at("product.product_sn"), r.at("product.create_time"),
	})
	assert.Equal(t, srv.ProductAlbum(id).MediaID[1], r.at("product.attachments.1.image.media_id"))
	assert.Equal(t, []any{id, "chair", nil}, []any{list.at("product_list.0.product_id"), list.at("product_list.0.description"), list.at("product_list.0.create_time")})
}

func TestUpdateProductAlbumChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	id := c.album()
	before := srv.ProductAlbum(id)

	c.ok("externalcontact/update_product_album", object{"product_id": id, "price": 0, "product_sn": "c2"})

	after := srv.ProductAlbum(id)
	assert.Equal(t, []any{"chair", int64(0), "c2", before.MediaID}, []any{after.Description, after.Price, after.ProductSN, after.MediaID})
}

func TestProductAlbumsArePaged(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	for range 51 {
		c.album()
	}

	over := c.ok("externalcontact/get_product_album_list", object{"limit": 101})
	rest := c.ok("externalcontact/get_product_album_list", object{"limit": 101, "cursor": over.at("next_cursor")})

	assert.Len(t, over.list("product_list", ""), 50, "a limit over the maximum is the default")
	assert.Len(t, rest.list("product_list", ""), 1)
	assert.Empty(t, rest.at("next_cursor"))
}

func TestProductAlbumOfAnotherApp(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	id := newCaller(t, srv).album()
	other := addApp(t, srv)

	assert.Zero(t, other.send("externalcontact/get_product_album", object{"product_id": id}).code())
	assert.Equal(t, 48002, other.send("externalcontact/update_product_album", object{"product_id": id, "price": 1}).code())
	assert.Equal(t, 48002, other.send("externalcontact/delete_product_album", object{"product_id": id}).code())
}

func TestDeleteProductAlbum(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	id := c.album()

	c.ok("externalcontact/delete_product_album", object{"product_id": id})

	for _, op := range []string{"get", "update", "delete"} {
		assert.Equal(t, 41074, c.send("externalcontact/"+op+"_product_album", object{"product_id": id}).code(), op)
		assert.Equal(t, 41075, c.send("externalcontact/"+op+"_product_album", object{"product_id": "none"}).code(), op)
	}
	assert.Empty(t, c.ok("externalcontact/get_product_album_list", object{}).list("product_list", ""))
}

func TestProductAlbumRefusals(t *testing.T) {
	t.Parallel()
	srv := wecomtest.New(t)
	c := newCaller(t, srv)
	moment := srv.Seed().Media(wecomtest.Media{Type: "image", AttachmentType: 1})
	tests := []struct {
		name  string
		field string
		value any
		want  int
	}{
		{"no description", "description", "", 41087},
		{"description of 301 characters", "description", strings.Repeat("好", 301), 41087},
		{"description of 300 characters", "description", strings.Repeat("好", 300), 0},
		{"price below 0", "price", -1, 41086},
		{"price of 50,000 yuan", "price", 5000000, 0},
		{"price above", "price", 5000001, 41086},
		{"product_sn of 129 bytes", "product_sn", strings.Repeat("1", 129), 41085},
		{"product_sn with a dash", "product_sn", "a-1", 41085},
		{"no attachments", "attachments", []object{}, 41088},
		{"ten attachments", "attachments", pictures(srv, 10), 41064},
		{"nine attachments", "attachments", pictures(srv, 9), 0},
		{"a video", "attachments", []object{{"type": "video"}}, 41065},
		{"no image", "attachments", []object{{"type": "image"}}, 40063},
		{"unknown image", "attachments", []object{picture("M1")}, 40007},
		{"image of a moment", "attachments", []object{picture(moment)}, 41072},
	}
	for _, tt := range tests {
		fields := object{"description": "chair", "price": 1, "attachments": pictures(srv, 1)}
		fields[tt.field] = tt.value
		assert.Equal(t, tt.want, c.send("externalcontact/add_product_album", fields).code(), tt.name)
	}
}
