"""What the demonstration firm is: branches, staff, kinds of customers, products, campaigns and what its work costs."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Branch:
    """``share`` of the customers; ``weekend`` as ISO weekdays (Monday 1) with the share of a working day sold on them."""

    name: str
    kind: str
    parent: str
    region: str
    country: str
    timezone: str
    currency: str
    share: float
    growth: float
    weekend: tuple[tuple[int, float], ...]
    team: str


_ISRAEL, _EUROPE = ((5, 0.5), (6, 0.04)), ((6, 0.45), (7, 0.05))
BRANCHES = (
    Branch("Tel Aviv HQ", "hq", "", "Center", "Israel", "Asia/Jerusalem", "ILS", 0.25, 0.05, _ISRAEL, "Center"),
    Branch("Haifa", "branch", "Tel Aviv HQ", "North", "Israel", "Asia/Jerusalem", "ILS", 0.14, 0.03, _ISRAEL, "North"),
    Branch("Jerusalem", "branch", "Tel Aviv HQ", "Center", "Israel", "Asia/Jerusalem", "ILS", 0.15, 0.08, _ISRAEL, "Center"),
    Branch("Be'er Sheva", "branch", "Tel Aviv HQ", "South", "Israel", "Asia/Jerusalem", "ILS", 0.11, 0.02, _ISRAEL, "South"),
    Branch("Nazareth", "branch", "Haifa", "North", "Israel", "Asia/Jerusalem", "ILS", 0.07, 0.06, _ISRAEL, "North"),
    Branch("Online", "branch", "Tel Aviv HQ", "Online", "Israel", "Asia/Jerusalem", "ILS", 0.12, 0.16, ((5, 0.8), (6, 0.6)), "Online"),
    Branch("Berlin", "subsidiary", "Tel Aviv HQ", "Europe", "Germany", "Europe/Berlin", "EUR", 0.07, 0.10, _EUROPE, "Europe"),
    Branch("London", "subsidiary", "Berlin", "Europe", "United Kingdom", "Europe/London", "GBP", 0.05, 0.04, _EUROPE, "Europe"),
    Branch("Dubai Gulf Connect", "dealer", "Tel Aviv HQ", "Gulf", "United Arab Emirates", "Asia/Dubai", "AED", 0.04, 0.12, ((6, 0.5), (7, 0.3)), "Dealers"))

#: Branch -> staff who own customers, the branch's head first; five seats each.
STAFF: dict[str, tuple[str, ...]] = {
    "Tel Aviv HQ": ("Dalia Ronen", "Guy Shaham", "Inbar Lavi", "Nir Alon", "Keren Paz"), "Haifa": ("Sami Khoury", "Yulia Brodsky", "Erez Navot", "Hanan Bar", "Merav Stern"),
    "Jerusalem": ("Avner Kedar", "Tziporah Lev", "Nissim Aharon", "Rivka Adler", "Shai Maman"), "Be'er Sheva": ("Oshrat Vaknin", "Igor Levin", "Mazal Tov Edri", "Roi Ben Ami", "Salim Abu Rabia"),
    "Nazareth": ("Rania Zoabi", "Fadi Mansour", "Lina Saba", "Yousef Darawshe", "Amal Nasser"), "Online": ("Tal Green", "Bar Reuven", "Shani Oz", "Ido Magen", "Farnaz Kermani"),
    "Berlin": ("Katja Winter", "Deniz Aydin", "Paul Richter", "Nele Fuchs", "Behrouz Amini"), "London": ("Eleanor Price", "Imran Shah", "Chloe Bennett", "Owen Hughes", "Tara Singh"),
    "Dubai Gulf Connect": ("Khalid Rahman", "Leila Vaziri", "Arjun Menon", "Mona Fares", "Peter Lindqvist")}
#: Who left and on which seat: branch, seat, name, days before today the successor took over. The successor is in STAFF.
LEFT = (("Haifa", 3, "Boris Gurevich", 260), ("London", 2, "Martin Doyle", 430), ("Be'er Sheva", 4, "Anat Sror", 150))


@dataclass(frozen=True)
class Kind:
    """A customer type: ``orders`` and ``contacts`` a month, ``spread`` of both, units a line, birth years before today."""

    name: str
    party: str
    share: float
    orders: float
    contacts: float
    lines: float
    units: float
    ages: tuple[int, int]
    payment_days: int
    complaints: float


KINDS = (
    Kind("Students", "person", 0.21, 0.76, 0.55, 1.6, 1.0, (19, 29), 0, 0.10), Kind("Soldiers", "person", 0.12, 0.62, 0.45, 1.5, 1.0, (18, 23), 0, 0.08),
    Kind("Pensioners", "person", 0.15, 0.57, 1.05, 1.5, 1.0, (66, 88), 14, 0.16), Kind("Families", "person", 0.29, 1.12, 0.65, 1.9, 1.2, (28, 60), 14, 0.14),
    Kind("Small firms", "company", 0.17, 1.50, 1.15, 2.3, 1.7, (0, 0), 30, 0.20), Kind("Large firms", "company", 0.06, 2.60, 2.70, 3.0, 3.6, (0, 0), 60, 0.45))


@dataclass(frozen=True)
class Product:
    """``price`` in ILS at the start; ``cost`` a share of it; ``person``/``company`` how often it is bought."""

    name: str
    category: str
    price: float
    cost: float
    person: float
    company: float
    unit: str = "piece"


#: category -> the group above it ("" for none).
CATEGORIES = {"Connectivity": "", "Mobile plans": "Connectivity", "Internet": "Connectivity", "Goods": "", "Devices": "Goods", "Accessories": "Goods",
              "Learning": "", "Courses": "Learning", "Services": "", "Support services": "Services", "Business services": "Services"}
PRODUCTS = (
    Product("Mobile Basic 20 GB", "Mobile plans", 49.9, 0.46, 16, 6, "month"), Product("Mobile Plus 100 GB", "Mobile plans", 69.9, 0.44, 15, 10, "month"),
    Product("Mobile Unlimited 5G", "Mobile plans", 99.9, 0.42, 9, 14, "month"), Product("Mobile Youth", "Mobile plans", 39.9, 0.50, 9, 0, "month"),
    Product("Mobile Senior", "Mobile plans", 34.9, 0.52, 7, 0, "month"), Product("Roaming Pack Europe", "Mobile plans", 129.0, 0.40, 4, 5, "pack"),
    Product("Fibre 300", "Internet", 89.9, 0.48, 9, 4, "month"), Product("Fibre 600", "Internet", 119.0, 0.46, 8, 8, "month"),
    Product("Fibre Business 1000", "Internet", 349.0, 0.44, 0, 12, "month"), Product("Mesh Router", "Devices", 449.0, 0.72, 2.2, 3),
    Product("Phone Aria S", "Devices", 1190.0, 0.78, 1.6, 1.2), Product("Phone Aria Pro", "Devices", 2890.0, 0.80, 0.8, 1.2), Product("Tablet Nova 11", "Devices", 1490.0, 0.79, 0.9, 1.3),
    Product("Smart Watch Pulse", "Devices", 890.0, 0.74, 1.2, 0.3), Product("Phone Classic", "Devices", 249.0, 0.70, 1.6, 0.8), Product("Notebook Terra 14", "Devices", 3890.0, 0.82, 0.4, 1.1),
    Product("Earphones Air", "Accessories", 199.0, 0.55, 5, 2), Product("Phone Case", "Accessories", 59.0, 0.35, 7, 2), Product("Fast Charger", "Accessories", 89.0, 0.42, 6, 3),
    Product("Screen Guard", "Accessories", 39.0, 0.25, 5, 1), Product("Headset Office", "Accessories", 329.0, 0.58, 0.4, 5), Product("SIM Card", "Accessories", 10.0, 0.60, 5, 6),
    Product("Course: Smartphone for Seniors", "Courses", 290.0, 0.45, 1.4, 0), Product("Course: Photography", "Courses", 450.0, 0.42, 1.0, 0.2), Product("Course: Excel at Work", "Courses", 690.0, 0.40, 0.6, 2.2),
    Product("Course: Cyber Safety", "Courses", 890.0, 0.38, 0.3, 2.4), Product("Installation at Home", "Support services", 249.0, 0.66, 2.0, 1.0, "visit"),
    Product("Device Insurance", "Support services", 24.9, 0.48, 6, 5, "month"), Product("Data Rescue", "Support services", 390.0, 0.50, 0.5, 0.9, "case"), Product("Premium Support", "Support services", 39.9, 0.55, 3, 6, "month"),
    Product("Cloud Telephony", "Business services", 59.0, 0.45, 0, 12, "seat"), Product("Office Network Care", "Business services", 790.0, 0.54, 0, 4, "month"),
    Product("Consulting Hour", "Business services", 420.0, 0.58, 0, 4, "hour"), Product("Managed Backup", "Business services", 149.0, 0.43, 0, 7, "month"))
PRICE_RISE = "Fibre 600"

#: name, channel, days before today it began, days it ran, budget ILS, goal.
CAMPAIGNS = (
    ("Back to School 2 years ago", "email", 820, 40, 60000, "Students: tablets and youth plans"), ("Winter Fibre", "sms", 660, 45, 85000, "Move families to fibre"),
    ("Spring for Seniors", "phone", 540, 35, 40000, "Courses and senior plans"), ("Back to School", "email", 455, 40, 70000, "Students: tablets and youth plans"),
    ("Business Week", "event", 330, 14, 120000, "Cloud telephony for firms"), ("Come Back", "phone", 210, 60, 55000, "Win back former customers"),
    ("Summer Roaming", "social", 150, 50, 45000, "Roaming packs"), ("Autumn Upgrade", "email", 40, 60, 90000, "New phones for loyal customers"))

#: driver -> (cost of one until the last change, since), ILS.
COST_RATES = {"contact_phone": (6.5, 7.5), "minute_phone": (1.35, 1.60), "contact_email": (7.0, 7.0), "contact_chat": (4.0, 3.2), "contact_sms": (0.4, 0.4),
              "contact_meeting": (95.0, 110.0), "contact_visit": (48.0, 55.0), "contact_web": (0.6, 0.6), "contact_social": (3.0, 3.5), "contact_letter": (12.0, 13.5),
              "complaint": (85.0, 95.0), "order": (7.0, 8.0), "return": (32.0, 36.0), "delivery": (14.0, 16.5), "late_day": (0.45, 0.60)}
COST_CHANGE_DAYS = 325

#: currency -> value of one unit in ILS at the start and the end of the three years; two decimals each month.
CURRENCIES = {"ILS": (1.00, 1.00), "EUR": (4.05, 3.86), "GBP": (4.66, 4.41), "AED": (1.02, 0.92), "USD": (3.74, 3.38)}

STAGES = ("Enquiry", "Needs", "Proposal", "Negotiation", "Decision")
TOPICS = ("Billing", "Technical help", "Plan change", "New order", "Delivery", "Outage", "Course registration", "Contract end")
COMPLAINT_TOPICS = ("Wrong charge", "Slow internet", "Late delivery", "Faulty device", "Long wait", "Contract terms")
LOST_REASONS = ("Price", "Competitor", "No budget", "No answer", "Missing feature")
COMPETITORS = ("Telnor", "SkyLine Mobile", "FiberOne", "Bluecell")
