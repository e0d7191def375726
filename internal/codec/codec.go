// Package codec turns Go values into what WeCom reads, and what WeCom answers
// back into Go values. It is the only place that does: nobody else calls
// encoding/json on a request or a reply.
//
// Writing follows encoding/json, without the \uXXXX that WeCom refuses:
// [AppendJSON] for a body, [Query] for the query of a GET.
//
// Reading follows encoding/json where the types agree, and forgives where
// WeCom is known not to: see [Decode]. [Status] reads errcode and errmsg alone.
package codec
