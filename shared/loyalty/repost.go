package loyalty

import (
	"context"
	"fmt"

	"github.com/regulars-dev/regulars/shared/receipt"
)

// Repost posts what a crash has left out of a receipt that is filed: its own entry and those of its returns. What is posted stays as it is.
// It is for receipts whose till never came back; ErrNotFound if the receipt is not filed.
func (s *Service) Repost(ctx context.Context, key receipt.Key) error {
	filed, err := s.filed(ctx, key)
	if err != nil {
		return err
	}
	if _, err := s.Checkout(ctx, filed.Receipt); err != nil {
		return err
	}
	if claim := filed.Claim; claim != (ReceiptClaim{}) {
		if _, err := s.Claim(ctx, key, claim.Number); err != nil {
			return err
		}
	}
	for _, ret := range filed.Returns {
		if _, err := s.Return(ctx, key, ret); err != nil {
			return fmt.Errorf("return %s of receipt %s: %w", ret.ID, key, err)
		}
	}
	return nil
}
