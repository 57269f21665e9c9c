"""Names shown for codes, by dimension: what a stored ``in`` or ``person`` is called. Free text of the firm is not here."""
from __future__ import annotations

from crm_data.errors import N_


def M_(context: str, message: str) -> str:
    """Mark a word for translation in a context: "Open" of an order is not "open" the verb."""
    return message


_CHANNELS = {"phone": M_("member", "Phone"), "email": M_("member", "Mail"), "chat": M_("member", "Chat"), "sms": M_("member", "Text message"), "meeting": M_("member", "Meeting"),
             "visit": M_("member", "Visit"), "web": M_("member", "Web"), "social": M_("member", "Social network"), "letter": M_("member", "Letter")}

#: dimension -> {code: English name}. A value that is not here is shown as it stands.
MEMBERS: dict[str, dict[str, str]] = {
    "party": {"person": M_("member", "Person"), "company": M_("member", "Company")},
    "relation": {"lead": M_("member", "Lead"), "prospect": M_("member", "Prospect"), "customer": M_("member", "Customer"), "former": M_("member", "Former customer"),
                 "supplier": M_("member", "Supplier"), "partner": M_("member", "Partner")},
    "gender": {"female": M_("member", "Women"), "male": M_("member", "Men"), "other": M_("member", "Other")},
    "marital_status": {"single": M_("member", "Single"), "married": M_("member", "Married"), "divorced": M_("member", "Divorced"), "widowed": M_("member", "Widowed"),
                       "partner": M_("member", "With a partner")},
    "contact_channel": _CHANNELS,
    "channel": _CHANNELS,
    "order_channel": {"shop": M_("member", "Shop"), "web": M_("member", "Web"), "phone": M_("member", "Phone"), "field": M_("member", "Field sales"), "partner": M_("member", "Partner"),
                      "online": M_("member", "Online")},
    "acquisition_channel": {"web": M_("member", "Web"), "referral": M_("member", "Referral"), "shop": M_("member", "Shop"), "event": M_("member", "Event"), "phone": M_("member", "Phone"),
                            "partner": M_("member", "Partner"), "advert": M_("member", "Advertisement")},
    "lead_source": {"web": M_("member", "Web"), "referral": M_("member", "Referral"), "advert": M_("member", "Advertisement"), "event": M_("member", "Event"), "phone": M_("member", "Phone"),
                    "partner": M_("member", "Partner")},
    "initiated_by": {"customer": M_("member", "The customer"), "company": M_("member", "The firm")},
    "direction": {"in": M_("member", "Incoming"), "out": M_("member", "Outgoing")},
    "outcome": {"answered": M_("member", "Answered"), "no_answer": M_("member", "No answer"), "resolved": M_("member", "Resolved"), "callback": M_("member", "Call back"),
                "sold": M_("member", "Sold"), "open": M_("member", "Open"), "won": M_("member", "Won"), "lost": M_("member", "Lost")},
    "severity": {"low": M_("member", "Low"), "normal": M_("member", "Normal"), "high": M_("member", "High"), "critical": M_("member", "Critical")},
    "order_status": {"open": M_("member", "Open"), "delivered": M_("member", "Delivered"), "cancelled": M_("member", "Cancelled"), "returned": M_("member", "Returned")},
    "quote_answer": {"accepted": M_("member", "Accepted"), "refused": M_("member", "Refused")},
    "life_stage": {"new": M_("member", "New"), "active": M_("member", "Active"), "cooling": M_("member", "Cooling"), "lost": M_("member", "Lost"),
                   "none": M_("member", "Never bought")},
    "buying_habit": {"regular": M_("member", "Regular"), "occasional": M_("member", "Occasional"), "none": M_("member", "Did not buy")},
    "purchase_volume": {"large": M_("member", "Large"), "medium": M_("member", "Medium"), "small": M_("member", "Small"), "none": M_("member", "Did not buy")},
    "payment_method": {"transfer": M_("member", "Bank transfer"), "card": M_("member", "Card"), "cash": M_("member", "Cash"), "check": M_("member", "Cheque"),
                       "direct_debit": M_("member", "Direct debit")},
    "document_kind": {"contract": M_("member", "Contract"), "id": M_("member", "Proof of identity"), "letter": M_("member", "Letter")},
    "activity_kind": {"preparation": M_("member", "Preparation"), "task": M_("member", "Task"), "reminder": M_("member", "Reminder")},
    "segment": {"in": M_("member", "In the segment"), "out": M_("member", "Not in it")},
    "weekday": {"1": M_("member", "Monday"), "2": M_("member", "Tuesday"), "3": M_("member", "Wednesday"), "4": M_("member", "Thursday"), "5": M_("member", "Friday"),
                "6": M_("member", "Saturday"), "7": M_("member", "Sunday")},
}

#: Dimensions whose values are numbers of the product's own: they take the reader's digits. Numbers the firm gave (an invoice's) stay as they are.
NUMBERED = frozenset({"age", "age_band", "hour"})

#: unit -> (singular, plural), for units written as a word after the number.
UNITS: dict[str, tuple[str, str]] = {
    "days": (N_("day"), N_("days")), "hours": (N_("hour"), N_("hours")), "minutes": (N_("minute"), N_("minutes")),
    "years": (N_("year"), N_("years")),
}
