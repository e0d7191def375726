package wecomtest

import (
	"slices"
	"strings"
	"time"
)

// A ProductAlbum is a 商品图册: a product that members show to customers.
type ProductAlbum struct {
	ProductID   string    `json:"product_id"`
	Description string    `json:"description,omitzero"`
	Price       int64     `json:"price,omitzero"` // in fen
	ProductSN   string    `json:"product_sn,omitzero"`
	MediaID     []string  `json:"media_id,omitzero"` // of its pictures
	CreateTime  time.Time `json:"create_time,omitzero"`
	AgentID     int64     `json:"agentid,omitzero"` // the app that made it and alone may change it
}

type albumStore struct {
	byID    map[string]*ProductAlbum
	order   []*ProductAlbum // as they came
	deleted map[string]bool
}

func newAlbumStore() albumStore {
	return albumStore{byID: make(map[string]*ProductAlbum), deleted: make(map[string]bool)}
}

func albumHandlers() map[string]handler {
	return map[string]handler{
		"/cgi-bin/externalcontact/add_product_album":      handle(addProductAlbum),
		"/cgi-bin/externalcontact/get_product_album":      handle(getProductAlbum),
		"/cgi-bin/externalcontact/get_product_album_list": handle(getProductAlbumList),
		"/cgi-bin/externalcontact/update_product_album":   handle(updateProductAlbum),
		"/cgi-bin/externalcontact/delete_product_album":   handle(deleteProductAlbum),
	}
}

// productAlbumRequest is what add and update take; nil leaves a thing as it is.
type productAlbumRequest struct {
	ProductID   string             `json:"product_id"`
	Description *string            `json:"description"`
	Price       *int64             `json:"price"`
	ProductSN   *string            `json:"product_sn"`
	Attachments *[]albumAttachment `json:"attachments"`
}

type albumAttachment struct {
	Type  string     `json:"type"`
	Image *mediaWire `json:"image"`
}

type productIDWire struct {
	ProductID string `json:"product_id"`
}

func addProductAlbum(x *exchange, req productAlbumRequest) (any, error) {
	a := &ProductAlbum{CreateTime: x.now, AgentID: x.app.AgentID}
	if err := x.applyAlbum(a, req); err != nil {
		return nil, err
	}
	a.ProductID = x.corp.nextID("product")
	x.corp.albums.byID[a.ProductID] = a
	x.corp.albums.order = append(x.corp.albums.order, a)
	return productIDWire{a.ProductID}, nil
}

// applyAlbum changes a product as far as the request says, or not at all.
func (x *exchange) applyAlbum(a *ProductAlbum, req productAlbumRequest) error {
	next := *a
	set(&next.Description, req.Description)
	set(&next.Price, req.Price)
	set(&next.ProductSN, req.ProductSN)
	if strings.ContainsFunc(next.ProductSN, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return Refuse(41085, "wecomtest: product_sn has other characters than letters and digits")
	}
	if req.Attachments != nil {
		if len(*req.Attachments) == 0 {
			return Refuse(41088, "wecomtest: the product has no attachment")
		}
		next.MediaID = nil
		for _, att := range *req.Attachments {
			if att.Image == nil {
				return Refuse(40063, "wecomtest: an attachment lacks the object of its type")
			}
			if err := x.usable(att.Image.MediaID, "image", forAlbum); err != nil {
				return err
			}
			next.MediaID = append(next.MediaID, att.Image.MediaID)
		}
	}
	*a = next
	return nil
}

// album returns a product, or the refusal.
func (x *exchange) album(id string) (*ProductAlbum, error) {
	switch a := x.corp.albums.byID[id]; {
	case a != nil:
		return a, nil
	case x.corp.albums.deleted[id]:
		return nil, Refuse(41074, "wecomtest: the product was deleted")
	}
	return nil, Refuse(41075, "wecomtest: no product has that product_id")
}

// ownAlbum returns a product that the app made.
func (x *exchange) ownAlbum(id string) (*ProductAlbum, error) {
	a, err := x.album(id)
	if err == nil && a.AgentID != x.app.AgentID {
		err = Refuse(48002, "api forbidden")
	}
	return a, err
}

type getProductAlbumReply struct {
	Product albumWire `json:"product"`
}

// albumWire has no create_time in the list.
type albumWire struct {
	ProductID   string            `json:"product_id"`
	Description string            `json:"description"`
	Price       int64             `json:"price"`
	CreateTime  int64             `json:"create_time,omitempty"`
	ProductSN   string            `json:"product_sn,omitempty"`
	Attachments []albumAttachment `json:"attachments"`
}

func (a *ProductAlbum) wire() albumWire {
	w := albumWire{ProductID: a.ProductID, Description: a.Description, Price: a.Price, ProductSN: a.ProductSN}
	for _, id := range a.MediaID {
		w.Attachments = append(w.Attachments, albumAttachment{Type: "image", Image: &mediaWire{id}})
	}
	return w
}

func getProductAlbum(x *exchange, req productIDWire) (any, error) {
	a, err := x.album(req.ProductID)
	if err != nil {
		return nil, err
	}
	w := a.wire()
	w.CreateTime = a.CreateTime.Unix()
	return getProductAlbumReply{w}, nil
}

type getProductAlbumListRequest struct {
	Cursor string `json:"cursor"`
	Limit  int    `json:"limit"`
}

type getProductAlbumListReply struct {
	NextCursor  string      `json:"next_cursor"`
	ProductList []albumWire `json:"product_list"`
}

func getProductAlbumList(x *exchange, req getProductAlbumListRequest) (any, error) {
	order := x.corp.albums.order
	from, to, next, err := x.page(len(order), req.Cursor, req.Limit)
	if err != nil {
		return nil, err
	}
	reply := getProductAlbumListReply{NextCursor: next, ProductList: make([]albumWire, 0, to-from)}
	for _, a := range order[from:to] {
		reply.ProductList = append(reply.ProductList, a.wire())
	}
	return reply, nil
}

func updateProductAlbum(x *exchange, req productAlbumRequest) (any, error) {
	a, err := x.ownAlbum(req.ProductID)
	if err != nil {
		return nil, err
	}
	return nil, x.applyAlbum(a, req)
}

func deleteProductAlbum(x *exchange, req productIDWire) (any, error) {
	a, err := x.ownAlbum(req.ProductID)
	if err != nil {
		return nil, err
	}
	s := &x.corp.albums
	delete(s.byID, a.ProductID)
	s.deleted[a.ProductID] = true
	s.order = slices.DeleteFunc(s.order, func(other *ProductAlbum) bool { return other == a })
	return nil, nil
}

// ProductAlbum returns a copy of a product, or the zero ProductAlbum.
func (s *Server) ProductAlbum(productID string) ProductAlbum {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.corp.albums.byID[productID]
	if a == nil {
		return ProductAlbum{}
	}
	out := *a
	out.MediaID = slices.Clone(a.MediaID)
	return out
}
