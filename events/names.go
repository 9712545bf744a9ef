package events

// EventName is the name that each body travels under.

func (CheckoutCompleted) EventName() string { return NameCheckoutCompleted }
func (CheckoutRefunded) EventName() string  { return NameCheckoutRefunded }
func (CartUpdated) EventName() string       { return NameCartUpdated }
func (CartCleared) EventName() string       { return NameCartCleared }
func (ShopperEnrolled) EventName() string   { return NameShopperEnrolled }
func (ShopperUpdated) EventName() string    { return NameShopperUpdated }
func (ShopperTouched) EventName() string    { return NameShopperTouched }
func (PointsEarned) EventName() string      { return NamePointsEarned }
func (PointsReversed) EventName() string    { return NamePointsReversed }
func (PointsExpiring) EventName() string    { return NamePointsExpiring }
func (CouponGranted) EventName() string     { return NameCouponGranted }
func (CouponRedeemed) EventName() string    { return NameCouponRedeemed }
func (TierChanged) EventName() string       { return NameTierChanged }
func (MessageSent) EventName() string       { return NameMessageSent }
func (MessageRefused) EventName() string    { return NameMessageRefused }
func (CampaignStopped) EventName() string   { return NameCampaignStopped }
func (MessageClicked) EventName() string    { return NameMessageClicked }
func (JourneyReached) EventName() string    { return NameJourneyReached }
