package admin

import "net/http"

func (h *handler) verify(w http.ResponseWriter, r *http.Request) {}
func (h *handler) export(w http.ResponseWriter, r *http.Request) {}
