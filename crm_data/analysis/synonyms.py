"""The vocabulary of questions: other words for measures, dimensions and codes, and the phrases that join them.

Each text holds alternatives separated by ``|``. A translator writes a language's own alternatives, as many as it needs and
in its own order of words; nothing here is translated word by word. Slots in phrases: ``{measure}``, ``{dimension}``,
``{member}``, ``{n}`` (a number), ``{percent}``, ``{when}`` (a period), ``{month}``, ``{quarter}``, ``{year}``, ``{unit}`` (days, weeks ...).
"""
from __future__ import annotations

from dataclasses import dataclass

from crm_data.errors import N_

#: Endings a word may have beside its basic form; ``ies>y``: replaced. None: write "-".
# TRANSLATORS: endings of words in your language that may be left off, separated by |; "-" for none
ENDINGS = N_("s|es|ies>y")
#: Letters that a language writes joined in front of a word ("in", "the"); what is not translated, or "-", is none.
# TRANSLATORS: prepositions and articles your language writes joined in front of a word, separated by |; "-" for none
PREFIXES = N_("no joined prefixes")
#: Words that carry nothing of the question.
# TRANSLATORS: words of a question that say nothing of what is asked, separated by |; your language's own, not a translation
STOP = N_("a|an|the|of|in|at|on|for|from|to|is|are|was|were|be|been|do|does|did|have|has|had|our|us|we|my|me|i|you|your|their|they|them|it|its|this|that|these|those|there|"
          "show|give|tell|list|find|please|what|whats|who|whom|whose|where|how|much|many|with|or|as|all|any|only|just|by|per|each|every|out|than|"
          "can|could|would|should|will|want|see|know|like|get|got|let|so|some|most|me|about|during|within|over|value|number|total|amount|data|figures|report|chart|table|graph|place|placed|make|made|made by|belong|belonging|live|living|come|came|go|went|us")
#: Words that join two things of one kind.
AND = N_("and|,|&|plus|as well as|together with")

#: Measure -> other words for it.
MEASURE_WORDS: dict[str, str] = {
    "revenue": N_("sales|turnover|income|spend|spent|spending|sell|sells|brought in|takings|revenues|sales revenue|net sales|sold for"),
    "units": N_("units|quantity|pieces|items sold|units sold|volume sold"),
    "discount": N_("discounts|rebates|reductions|price reductions"),
    "orders": N_("orders|purchases|deals closed|sales orders|number of orders"),
    "cost_of_goods": N_("cost of goods|cost of sales|cogs|purchase cost"),
    "gross_profit": N_("gross profit|profit|profits|earnings|contribution"),
    "gross_margin": N_("gross margin|margin|margins|profit margin"),
    "average_order": N_("average order|average order value|basket|basket size|mean order|revenue per order|order size"),
    "customers": N_("customers|clients|people|persons|buyers|accounts|consumers|customer count"),
    "customers_total": N_("customers in all|customer base|total customers|all customers|number of customers in all"),
    "new_customers": N_("new customers|new clients|customers won|customers gained|joined customers|first-time customers"),
    "revenue_per_customer": N_("revenue per customer|sales per customer|spend per customer|average spend|average revenue|mean revenue|income per customer|revenue per client"),
    "orders_per_customer": N_("orders per customer|purchases per customer|orders per client|purchase frequency|order frequency"),
    "mean_age": N_("mean age|average age|how old|ages"),
    "contacts": N_("contacts|interactions|conversations|enquiries made|inquiries|talks|number of contacts"),
    "contacts_by_customer": N_("contacts by customers|contacts from customers|incoming contacts|contacts begun by customers|contacts started by customers"),
    "contacts_per_customer": N_("contacts per customer|contacts per client|contact frequency|contact rate|how often do customers contact us|how often customers contact us"),
    "contact_minutes": N_("contact minutes|minutes of contact|talk time|call time|minutes talked|minutes"),
    "cost_to_serve": N_("cost to serve|service cost|service costs|cost of service|serving cost|costs to serve"),
    "complaints": N_("complaints|grievances|complaints made"),
    "open_complaints": N_("waiting complaints|open complaints|unresolved complaints|pending complaints"),
    "resolution_days": N_("days to resolve|resolution time|time to resolve|resolution days"),
    "first_response_hours": N_("hours to first answer|first response time|response time|time to first answer|reaction time"),
    "csat": N_("satisfaction|customer satisfaction|csat|happiness"),
    "nps": N_("net promoter score|nps|promoter score|recommendation"),
    "opportunities": N_("opportunities|prospective deals|deals|opportunities opened"),
    "won": N_("won|won deals|deals won|won opportunities|wins"),
    "lost": N_("lost|lost deals|deals lost|lost opportunities|losses"),
    "won_value": N_("won value|value won|value of won deals|won amount"),
    "lost_value": N_("lost value|value lost|value of lost deals|lost amount"),
    "open_value": N_("open pipeline|pipeline|open deals|open opportunities|value of open deals"),
    "weighted_pipeline": N_("weighted pipeline|expected pipeline|probable pipeline"),
    "win_rate": N_("win rate|hit rate|success rate|closing rate|share won|conversion of deals"),
    "sales_cycle_days": N_("sales cycle|length of the sales cycle|days to win|time to win"),
    "quotes": N_("quotes|quotations|offers|proposals"),
    "leads": N_("leads|enquiries|web leads|prospect enquiries"),
    "lead_conversion": N_("lead conversion|conversion|conversion rate|converted leads"),
    "invoiced": N_("invoiced|billed|billings|invoices|bills"),
    "collected": N_("collected|payments|paid|money received|cash in|receipts"),
    "open_balance": N_("open balance|receivables|debt|debts|owed|outstanding|money owed"),
    "overdue_balance": N_("overdue balance|overdue|late payments|overdue debt|overdue invoices"),
    "worth": N_("worth|profitability|customer value|net profit|net worth"),
    "worth_per_customer": N_("worth per customer|profit per customer|value per customer|profitability per customer"),
}

#: Dimension -> other words for it.
DIMENSION_WORDS: dict[str, str] = {
    "customer": N_("customer|client|buyer|account|person"),
    "customer_type": N_("customer type|type|kind|type of customer|kind of customer|client type|customer kind|customer group|types of customers"),
    "gender": N_("gender|sex"),
    "age_band": N_("age|age band|age group|ages|age range|birth date|date of birth|birthday|birth year"),
    "marital_status": N_("marital status|family status"),
    "interest": N_("interest|hobby|hobbies|field of interest"),
    "city": N_("city|town|cities"),
    "region": N_("region|area|district|province|zone|customer region"),
    "country": N_("country|nation|countries"),
    "industry": N_("industry|sector|line of business|field of activity"),
    "acquisition_channel": N_("acquisition channel|source|how they came|source of customers|channel they came by"),
    "branch": N_("branch|office|shop|store|outlet|location|branches"),
    "branch_region": N_("branch region|sales region|region of the branch|branch area"),
    "owner": N_("owner|salesperson|seller|rep|sales rep|agent|account manager|employee|staff|salesman|advisor"),
    "team": N_("team|sales team|department"),
    "campaign": N_("campaign|promotion|marketing campaign"),
    "product": N_("product|item|article|service"),
    "product_category": N_("product category|category|product group|product type|kind of product|product line"),
    "order_channel": N_("order channel|channel|sales channel|channel of orders|how they ordered"),
    "contact_channel": N_("contact channel|channel|means of contact|medium|how they contacted us"),
    "initiated_by": N_("initiated by|who started|who began|who initiated|initiator|who started the contact"),
    "topic": N_("topic|subject|reason|reason for contact|theme|reason of contact|subject of contact"),
    "outcome": N_("outcome|result|result of contact|how it ended"),
    "stage": N_("stage|phase|pipeline stage|sales stage"),
    "lost_reason": N_("lost reason|reason|reason lost|reason for losing|why lost|reasons for loss"),
    "lead_source": N_("lead source|source|source of leads|where leads come from"),
    "complaint_topic": N_("complaint topic|topic|subject|reason|topic of complaints|reason for complaint|subject of complaint|complaint reason"),
    "severity": N_("severity|gravity|seriousness"),
    "cost_driver": N_("activity|cost driver|activities"),
    "weekday": N_("weekday|day of the week|day of week|weekdays"),
    "hour": N_("hour|hour of the day|time of day|hour of day"),
    "life_stage": N_("life stage|stage|customer stage|lifecycle|life cycle"),
    "buying_habit": N_("buying habit|regularity|habit|regular or occasional|regular against occasional|regular versus occasional|regulars and occasionals"),
    "purchase_volume": N_("purchase volume|volume|past purchases|size of purchases|spending level"),
}

#: (dimension, code) -> other words for a code; the name shown of it is known without being written here.
MEMBER_WORDS: dict[tuple[str, str], str] = {
    ("gender", "female"): N_("women|woman|female|females|ladies"),
    ("gender", "male"): N_("men|man|male|males"),
    ("party", "person"): N_("private persons|private people|private customers|individuals|consumers only"),
    ("party", "company"): N_("companies|company|firms|businesses|business customers|corporate"),
    ("contact_channel", "phone"): N_("phone|telephone|by phone|on the phone|over the phone|by telephone"),
    ("contact_channel", "email"): N_("mail|email|e-mail|mails|by mail|by email"),
    ("contact_channel", "chat"): N_("chat|chats|by chat"),
    ("contact_channel", "sms"): N_("text message|sms|text messages"),
    ("contact_channel", "visit"): N_("visit|visits|in person"),
    ("contact_channel", "meeting"): N_("meeting|meetings|appointments"),
    ("contact_channel", "web"): N_("web|website|online form|web form"),
    ("order_channel", "web"): N_("online orders|web orders|ordered online|bought online|online shop"),
    ("order_channel", "shop"): N_("in the shop|shop orders|in store|bought in the shop"),
    ("order_channel", "phone"): N_("phone orders|ordered by phone|orders by phone"),
    ("initiated_by", "customer"): N_("begun by the customer|started by the customer|initiated by the customer|customers started|incoming|began by customers|initiated by customers"),
    ("initiated_by", "company"): N_("begun by the firm|started by the firm|initiated by us|begun by us|outgoing|we contacted|started by us|we started|contacted by us"),
    ("life_stage", "new"): N_("recently joined|newcomers|customers who are new"),
    ("life_stage", "active"): N_("active customers|active"),
    ("life_stage", "cooling"): N_("cooling|cooling customers|drifting away|going quiet|at risk"),
    ("life_stage", "lost"): N_("lost customers|inactive|inactive customers|gone|customers we lost|churned|left us"),
    ("buying_habit", "regular"): N_("regular|regulars|regular customers|loyal customers|frequent buyers|regular buyers"),
    ("buying_habit", "occasional"): N_("occasional|occasionals|occasional customers|rare buyers|occasional buyers"),
    ("purchase_volume", "large"): N_("large volume|large purchases|heavy buyers|big spenders|large buyers"),
    ("purchase_volume", "medium"): N_("medium volume|medium purchases|medium buyers"),
    ("purchase_volume", "small"): N_("small volume|small purchases|light buyers|small buyers"),
    ("outcome", "no_answer"): N_("no answer|not answered|unanswered"),
    ("outcome", "callback"): N_("call back|callback|callbacks"),
    ("severity", "critical"): N_("critical|most severe"),
    ("relation", "former"): N_("former customers|former|ex-customers"),
}
#: Codes whose shown names are everyday words of questions: known only by the words above or beside their dimension's name.
SHY = frozenset({("relation", "customer"), ("relation", "lead"), ("relation", "partner"), ("initiated_by", "customer"), ("initiated_by", "company"), ("outcome", "open"),
                 ("outcome", "won"), ("outcome", "lost"), ("outcome", "sold"), ("party", "person"), ("life_stage", "new"), ("life_stage", "lost"), ("life_stage", "none"),
                 ("gender", "other"), ("cost_driver", "order"), ("cost_driver", "return"), ("cost_driver", "complaint"), ("cost_driver", "delivery"), ("stage", "Won"),
                 ("stage", "Lost"), ("purchase_volume", "none"), ("buying_habit", "none")})

NUMBERS: dict[str, str] = {
    "1": N_("one"), "2": N_("two"), "3": N_("three"), "4": N_("four"), "5": N_("five"), "6": N_("six"), "7": N_("seven"), "8": N_("eight"), "9": N_("nine"),
    "10": N_("ten"), "12": N_("twelve|dozen"), "15": N_("fifteen"), "20": N_("twenty"), "30": N_("thirty"), "50": N_("fifty"), "100": N_("hundred|a hundred")}
PERCENT = N_("%|percent|per cent|pct")
#: Parts of a whole by their names: "the top fifth of customers".
FRACTIONS: dict[str, str] = {"10": N_("tenth|one tenth|decile"), "20": N_("fifth|one fifth|quintile"), "25": N_("one quarter of")}
UNITS: dict[str, str] = {"day": N_("day|days"), "week": N_("week|weeks"), "month": N_("month|months"), "quarter": N_("quarter|quarters"), "year": N_("year|years")}
MONTHS = (N_("January|Jan"), N_("February|Feb"), N_("March|Mar"), N_("April|Apr"), N_("May|month of May"), N_("June|Jun"), N_("July|Jul"), N_("August|Aug"),
          N_("September|Sep|Sept"), N_("October|Oct"), N_("November|Nov"), N_("December|Dec"))
QUARTERS = (N_("Q1|first quarter|1st quarter"), N_("Q2|second quarter|2nd quarter"), N_("Q3|third quarter|3rd quarter"), N_("Q4|fourth quarter|4th quarter"))

#: What codes of months and quarters of the Jalali calendar begin with ("j7": Mehr).
JALALI_CODE = "j"


def _persian(name: str, *others: str) -> str:
    """A month's name and how it is written with the word for month."""
    return "|".join((name, f"{name} ماه", f"{name}ماه", f"ماه {name}", *others))


#: Jalali months in every script they are typed in: names, the same whatever the language of the program.
JALALI_MONTHS = (
    _persian("فروردین", "Farvardin", "פרוורדין"), _persian("اردیبهشت", "Ordibehesht", "אורדיבהשת"), _persian("خرداد", "Khordad", "ח׳ורדאד"), _persian("تیر", "Tir", "תיר"),
    _persian("مرداد", "امرداد", "Mordad", "מורדאד"), _persian("شهریور", "Shahrivar", "שהריוור"), _persian("مهر", "Mehr", "מהר"), _persian("آبان", "Aban", "אבאן"),
    _persian("آذر", "Azar", "אד׳ר"), _persian("دی", "Dey", "דיי"), _persian("بهمن", "Bahman", "בהמן"), _persian("اسفند", "Esfand", "אספנד"))
#: Quarters of the Jalali year are the seasons.
JALALI_QUARTERS = ("بهار|فصل بهار", "تابستان|فصل تابستان", "پاییز|پائیز|فصل پاییز|فصل پائیز", "زمستان|فصل زمستان")


@dataclass(frozen=True)
class Rule:
    """Phrases that mean one thing: ``kind`` says how they are read, ``code`` which of that kind, ``phrases`` how they are said."""

    kind: str
    code: str
    phrases: str
