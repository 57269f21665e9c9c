"""The names of the data's tables as people read them."""
from __future__ import annotations

from crm_data.errors import N_

TABLE_LABELS: dict[str, str] = {
    "branch": N_("Branches"), "staff": N_("Staff"), "staff_assignment": N_("Staff assignments"), "customer_type": N_("Customer types"), "campaign": N_("Campaigns"),
    "customer": N_("Customers"), "customer_interest": N_("Interests and concerns"), "customer_attribute": N_("Further fields of customers"), "contact": N_("Contact persons"),
    "product_category": N_("Product categories"), "product": N_("Products"), "interaction": N_("Contacts"), "activity": N_("Activities"), "web_lead": N_("Leads"),
    "complaint": N_("Complaints"), "feedback": N_("Feedback"), "campaign_touch": N_("Campaign touches"), "document": N_("Documents"), "offer": N_("Offers"),
    "opportunity": N_("Opportunities"), "stage_history": N_("Stage history"), "quote": N_("Quotes"), "sales_order": N_("Orders"), "order_line": N_("Order lines"),
    "order_credit": N_("Credit for orders"), "invoice": N_("Invoices"), "payment": N_("Payments"), "payment_allocation": N_("Payment allocations"), "cost_rate": N_("Cost rates"),
    "currency_rate": N_("Currency rates"), "work_calendar": N_("Work calendar"), "target_import": N_("Imported targets"),
}
