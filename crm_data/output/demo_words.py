"""The demo firm's own labels, so that the demo reads in the language of whoever opens it. A real firm's labels are never translated."""
from __future__ import annotations

from crm_data.output.members import M_

#: Labels of the demo's dimensions: types, places, fields, topics, categories, products, stages, reasons ... Names of people stay as they are.
DEMO_LABELS = frozenset({
    # kinds of customers, tiers, plans
    M_("demo", "Families"), M_("demo", "Large firms"), M_("demo", "Pensioners"), M_("demo", "Small firms"), M_("demo", "Soldiers"), M_("demo", "Students"),
    M_("demo", "Gold"), M_("demo", "Silver"), M_("demo", "Bronze"), M_("demo", "12 months"), M_("demo", "24 months"), M_("demo", "Business 12 months"),
    M_("demo", "Business 24 months"), M_("demo", "Frame agreement"), M_("demo", "Monthly"), M_("demo", "Prepaid"), M_("demo", "high"), M_("demo", "middle"), M_("demo", "low"),
    # places
    M_("demo", "Be'er Sheva"), M_("demo", "Berlin"), M_("demo", "Dubai Gulf Connect"), M_("demo", "Haifa"), M_("demo", "Jerusalem"), M_("demo", "London"), M_("demo", "Nazareth"),
    M_("demo", "Online"), M_("demo", "Tel Aviv HQ"), M_("demo", "Tel Aviv"), M_("demo", "Center"), M_("demo", "Europe"), M_("demo", "Gulf"), M_("demo", "North"), M_("demo", "South"),
    M_("demo", "Germany"), M_("demo", "Israel"), M_("demo", "United Arab Emirates"), M_("demo", "United Kingdom"), M_("demo", "Center Business"), M_("demo", "Dealers"),
    M_("demo", "Europe Business"), M_("demo", "Management"), M_("demo", "Acre"), M_("demo", "Afula"), M_("demo", "Ashdod"), M_("demo", "Ashkelon"), M_("demo", "Bat Yam"),
    M_("demo", "Beit Shemesh"), M_("demo", "Croydon"), M_("demo", "Dimona"), M_("demo", "Dubai"), M_("demo", "Eilat"), M_("demo", "Herzliya"), M_("demo", "Holon"),
    M_("demo", "Karmiel"), M_("demo", "Kiryat Ata"), M_("demo", "Mevaseret Zion"), M_("demo", "Modi'in"), M_("demo", "Nesher"), M_("demo", "Netanya"), M_("demo", "Ofakim"),
    M_("demo", "Petah Tikva"), M_("demo", "Potsdam"), M_("demo", "Ramat Gan"), M_("demo", "Rehovot"), M_("demo", "Rishon LeZion"), M_("demo", "Sharjah"), M_("demo", "Tiberias"),
    M_("demo", "Watford"),
    # fields of activity, interests
    M_("demo", "Agriculture"), M_("demo", "Automotive"), M_("demo", "Construction"), M_("demo", "Education"), M_("demo", "Finance"), M_("demo", "Food"), M_("demo", "Health"),
    M_("demo", "Legal"), M_("demo", "Media"), M_("demo", "Retail"), M_("demo", "Technology"), M_("demo", "Tourism"), M_("demo", "Transport"),
    M_("demo", "Backup internet"), M_("demo", "Calls in the evening"), M_("demo", "Chess"), M_("demo", "Cinema"), M_("demo", "Contract length"), M_("demo", "Cooking"),
    M_("demo", "Coverage at home"), M_("demo", "Cycling"), M_("demo", "Diving"), M_("demo", "Fitness"), M_("demo", "Football"), M_("demo", "Gaming"), M_("demo", "Gardening"),
    M_("demo", "Hebrew"), M_("demo", "Hiking"), M_("demo", "Languages"), M_("demo", "Larger phone"), M_("demo", "Mail only"), M_("demo", "Monthly cost"),
    M_("demo", "More data abroad"), M_("demo", "Music"), M_("demo", "Painting"), M_("demo", "Paper bills"), M_("demo", "Persian"), M_("demo", "Photography"), M_("demo", "Privacy"),
    M_("demo", "Roaming cost"), M_("demo", "Second line"), M_("demo", "Training for staff"), M_("demo", "Travel"),
    M_("demo", "IT manager"), M_("demo", "Office manager"), M_("demo", "Owner"), M_("demo", "Purchasing"),
    # what is sold
    M_("demo", "Accessories"), M_("demo", "Business services"), M_("demo", "Connectivity"), M_("demo", "Courses"), M_("demo", "Devices"), M_("demo", "Goods"), M_("demo", "Internet"),
    M_("demo", "Learning"), M_("demo", "Mobile plans"), M_("demo", "Services"), M_("demo", "Support services"), M_("demo", "Fibre"),
    M_("demo", "Cloud Telephony"), M_("demo", "Consulting Hour"), M_("demo", "Course: Cyber Safety"), M_("demo", "Course: Excel at Work"), M_("demo", "Course: Photography"),
    M_("demo", "Course: Smartphone for Seniors"), M_("demo", "Data Rescue"), M_("demo", "Device Insurance"), M_("demo", "Earphones Air"), M_("demo", "Fast Charger"),
    M_("demo", "Fibre 300"), M_("demo", "Fibre 600"), M_("demo", "Fibre Business 1000"), M_("demo", "Headset Office"), M_("demo", "Installation at Home"), M_("demo", "Managed Backup"),
    M_("demo", "Mesh Router"), M_("demo", "Mobile Basic 20 GB"), M_("demo", "Mobile Plus 100 GB"), M_("demo", "Mobile Senior"), M_("demo", "Mobile Unlimited 5G"),
    M_("demo", "Mobile Youth"), M_("demo", "Notebook Terra 14"), M_("demo", "Office Network Care"), M_("demo", "Phone Aria Pro"), M_("demo", "Phone Aria S"), M_("demo", "Phone Case"),
    M_("demo", "Phone Classic"), M_("demo", "Premium Support"), M_("demo", "Roaming Pack Europe"), M_("demo", "SIM Card"), M_("demo", "Screen Guard"), M_("demo", "Smart Watch Pulse"),
    M_("demo", "Tablet Nova 11"),
    # campaigns
    M_("demo", "Autumn Upgrade"), M_("demo", "Back to School"), M_("demo", "Back to School 2 years ago"), M_("demo", "Business Week"), M_("demo", "Come Back"),
    M_("demo", "Spring for Seniors"), M_("demo", "Summer Roaming"), M_("demo", "Winter Fibre"),
    # what contacts, complaints and opportunities are about
    M_("demo", "Billing"), M_("demo", "Contract end"), M_("demo", "Course registration"), M_("demo", "Delivery"), M_("demo", "New order"), M_("demo", "Outage"), M_("demo", "Plan change"),
    M_("demo", "Technical help"), M_("demo", "Contract terms"), M_("demo", "Faulty device"), M_("demo", "Late delivery"), M_("demo", "Long wait"), M_("demo", "Slow internet"),
    M_("demo", "Wrong charge"), M_("demo", "No internet since the weekend"), M_("demo", "No internet since the weekend, two children study at home"),
    M_("demo", "The bill shows more than agreed"), M_("demo", "The contract was renewed without asking"), M_("demo", "The device stopped working"), M_("demo", "The parcel came late"),
    M_("demo", "Waited on the phone too long"), M_("demo", "Apologised and closed"), M_("demo", "Credit given"), M_("demo", "Device replaced"), M_("demo", "Explained on the phone"),
    M_("demo", "Technician sent"), M_("demo", "I had to call three times"), M_("demo", "Solved in the end"), M_("demo", "Too slow"), M_("demo", "Very kind"),
    M_("demo", "Decision"), M_("demo", "Enquiry"), M_("demo", "Lost"), M_("demo", "Needs"), M_("demo", "Negotiation"), M_("demo", "Proposal"), M_("demo", "Won"),
    M_("demo", "Competitor"), M_("demo", "Missing feature"), M_("demo", "No answer"), M_("demo", "No budget"), M_("demo", "Price"),
    M_("demo", "Call back"), M_("demo", "Call the owner"), M_("demo", "Meet the owner"), M_("demo", "Send the offer"), M_("demo", "Wait for the budget"), M_("demo", "Check the bill"),
    M_("demo", "Order a part"), M_("demo", "Prepare the meeting"), M_("demo", "Send the papers"), M_("demo", "Contract"), M_("demo", "Contract renewed"), M_("demo", "Letter"),
    M_("demo", "Proof of identity"),
})
