package contact

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/wecomkit/wecom-go/internal/paging"
	"github.com/wecomkit/wecom-go/wecom"
)

var opAddProductAlbum = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/add_product_album", Doc: 95096}

// AddProductAlbumRequest describes a product (商品图册) that members can send
// to customers.
type AddProductAlbumRequest struct {
	Description string            `json:"description"`         // name and merits, at most 300 characters
	Price       int64             `json:"price"`               // in fen (分), at most 5,000,000, which is 50,000 yuan
	ProductSN   string            `json:"product_sn,omitzero"` // product number, at most 128 bytes of letters and digits
	Attachments []AlbumAttachment `json:"attachments"`         // 1 to 9 pictures
}

// An AlbumAttachment is what shows a product. Type says which of the other
// fields is set; there is only Image so far.
type AlbumAttachment struct {
	Type  AlbumAttachmentType `json:"type"`
	Image *AlbumImage         `json:"image,omitzero"`
}

// An AlbumAttachmentType says which field of an [AlbumAttachment] is set.
type AlbumAttachmentType string

// AlbumAttachmentTypeImage is a picture.
const AlbumAttachmentTypeImage AlbumAttachmentType = "image"

// An AlbumImage is a picture of a product.
type AlbumImage struct {
	MediaID string `json:"media_id"` // to set it, from media/upload_attachment; to load it, for media/get
}

// AddProductAlbumResult is a new product.
type AddProductAlbumResult struct {
	ProductID string `json:"product_id"`
}

// AddProductAlbum makes a product.
//
// 「创建商品图册」 https://developer.work.weixin.qq.com/document/path/95096
//
// Third-party apps and apps developed on a corp's behalf need the right
// 「管理商品图册」.
// Fails with [wecom.CodeAlbumLimit] when the corp has too many, and with
// [wecom.CodeInvalidAlbumDescription] if the description is not accepted.
func (s *Service) AddProductAlbum(ctx context.Context, req AddProductAlbumRequest) (*AddProductAlbumResult, error) {
	return wecom.Do[AddProductAlbumResult](ctx, s.client, opAddProductAlbum, req)
}

var opGetProductAlbum = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_product_album", Doc: 95096, Read: true}

type getProductAlbumRequest struct {
	ProductID string `json:"product_id"`
}

type getProductAlbumResult struct {
	Product ProductAlbum `json:"product"`
}

// A ProductAlbum is a product as WeCom keeps it.
type ProductAlbum struct {
	ProductID   string            `json:"product_id"`
	ProductSN   string            `json:"product_sn"`
	Description string            `json:"description"`
	Price       int64             `json:"price"` // in fen (分)
	CreateTime  wecom.UnixTime    `json:"create_time"`
	Attachments []AlbumAttachment `json:"attachments"`
}

// GetProductAlbum returns one product of the corp, whoever made it.
//
// 「获取商品图册」 https://developer.work.weixin.qq.com/document/path/95096
//
// Fails with [wecom.CodeInvalidAlbumID] if there is none, and with
// [wecom.CodeAlbumDeleted] if there is none any more.
func (s *Service) GetProductAlbum(ctx context.Context, productID string) (*ProductAlbum, error) {
	res, err := wecom.Do[getProductAlbumResult](ctx, s.client, opGetProductAlbum, getProductAlbumRequest{ProductID: productID})
	if err != nil {
		return nil, err
	}
	return &res.Product, nil
}

var opGetProductAlbumList = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/get_product_album_list", Doc: 95096, Read: true}

// GetProductAlbumListRequest asks for one page of products.
type GetProductAlbumListRequest struct {
	Limit  int    `json:"limit,omitzero"`  // page size, at most 100; 0 is 50, and so is more than 100
	Cursor string `json:"cursor,omitzero"` // NextCursor of the page before; empty for the first
}

// A ProductAlbumList is one page of products.
type ProductAlbumList struct {
	ProductList []ListedProductAlbum `json:"product_list"`
	NextCursor  string               `json:"next_cursor"` // empty after the last page
}

// A ListedProductAlbum is what a list tells about a product.
type ListedProductAlbum struct {
	ProductID   string            `json:"product_id"`
	ProductSN   string            `json:"product_sn"`
	Description string            `json:"description"`
	Price       int64             `json:"price"` // in fen (分)
	Attachments []AlbumAttachment `json:"attachments"`
}

// GetProductAlbumList returns a page of the corp's products. A corp's own app
// gets those of the members whom it sees.
//
// 「获取商品图册列表」 https://developer.work.weixin.qq.com/document/path/95096
func (s *Service) GetProductAlbumList(ctx context.Context, req GetProductAlbumListRequest) (*ProductAlbumList, error) {
	return wecom.Do[ProductAlbumList](ctx, s.client, opGetProductAlbumList, req)
}

// AllProductAlbums walks the corp's products from req.Cursor on. A zero Limit
// is 100 here, to save calls.
//
// 「获取商品图册列表」 https://developer.work.weixin.qq.com/document/path/95096
func (s *Service) AllProductAlbums(ctx context.Context, req GetProductAlbumListRequest) iter.Seq2[ListedProductAlbum, error] {
	return paging.All(func(cursor string) ([]ListedProductAlbum, string, error) {
		req := req
		req.Cursor, req.Limit = cmp.Or(cursor, req.Cursor), cmp.Or(req.Limit, 100)
		res, err := s.GetProductAlbumList(ctx, req)
		if err != nil {
			return nil, "", err
		}
		return res.ProductList, res.NextCursor, nil
	})
}

var opUpdateProductAlbum = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/update_product_album", Doc: 95096}

// UpdateProductAlbumRequest changes a product. A nil or zero field stays as it
// is.
type UpdateProductAlbumRequest struct {
	ProductID   string            `json:"product_id"`
	Description string            `json:"description,omitzero"` // at most 300 characters
	Price       *int64            `json:"price,omitzero"`       // in fen (分), at most 5,000,000
	ProductSN   *string           `json:"product_sn,omitzero"`  // at most 128 bytes of letters and digits
	Attachments []AlbumAttachment `json:"attachments,omitzero"` // replaces all, at most 9
}

// UpdateProductAlbum changes a product that the app made.
//
// 「编辑商品图册」 https://developer.work.weixin.qq.com/document/path/95096
//
// Fails with [wecom.CodeInvalidAlbumID] if there is none.
func (s *Service) UpdateProductAlbum(ctx context.Context, req UpdateProductAlbumRequest) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opUpdateProductAlbum, req)
	return err
}

var opDeleteProductAlbum = wecom.Operation{Method: http.MethodPost, Path: "/cgi-bin/externalcontact/delete_product_album", Doc: 95096}

type deleteProductAlbumRequest struct {
	ProductID string `json:"product_id"`
}

// DeleteProductAlbum deletes a product that the app made.
//
// 「删除商品图册」 https://developer.work.weixin.qq.com/document/path/95096
//
// Fails with [wecom.CodeInvalidAlbumID] if there is none.
func (s *Service) DeleteProductAlbum(ctx context.Context, productID string) error {
	_, err := wecom.Do[wecom.Empty](ctx, s.client, opDeleteProductAlbum, deleteProductAlbumRequest{ProductID: productID})
	return err
}
