"""Names of people, firms and cities in Latin, Hebrew and Persian letters. Nobody is meant: pairs are drawn at random."""
from __future__ import annotations

#: culture -> gender -> (Latin spelling, own script or "" where it is Latin).
GIVEN: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "he": {
        "female": (("Noa", "נועה"), ("Tamar", "תמר"), ("Maya", "מאיה"), ("Yael", "יעל"), ("Shira", "שירה"), ("Rachel", "רחל"), ("Miriam", "מרים"),
                   ("Hila", "הילה"), ("Michal", "מיכל"), ("Ayelet", "איילת"), ("Dana", "דנה"), ("Orly", "אורלי"), ("Sigal", "סיגל"), ("Adi", "עדי"),
                   ("Liat", "ליאת"), ("Ruth", "רות"), ("Hadas", "הדס"), ("Efrat", "אפרת"), ("Galit", "גלית"), ("Yaara", "יערה")),
        "male": (("David", "דוד"), ("Yosef", "יוסף"), ("Daniel", "דניאל"), ("Itai", "איתי"), ("Omer", "עומר"), ("Amit", "עמית"), ("Moshe", "משה"),
                 ("Eitan", "איתן"), ("Yonatan", "יונתן"), ("Ariel", "אריאל"), ("Nadav", "נדב"), ("Gil", "גיל"), ("Ronen", "רונן"), ("Shlomo", "שלמה"),
                 ("Uri", "אורי"), ("Avi", "אבי"), ("Boaz", "בועז"), ("Tomer", "תומר"), ("Elad", "אלעד"), ("Yair", "יאיר"))},
    "fa": {
        "female": (("Shirin", "شیرین"), ("Parisa", "پریسا"), ("Maryam", "مریم"), ("Nasrin", "نسرین"), ("Laleh", "لاله"), ("Mahsa", "مهسا"),
                   ("Zahra", "زهرا"), ("Roya", "رویا"), ("Niloufar", "نیلوفر"), ("Golnaz", "گلناز"), ("Setareh", "ستاره"), ("Yasaman", "یاسمن")),
        "male": (("Reza", "رضا"), ("Kourosh", "کوروش"), ("Dariush", "داریوش"), ("Babak", "بابک"), ("Siamak", "سیامک"), ("Arash", "آرش"),
                 ("Farhad", "فرهاد"), ("Kamran", "کامران"), ("Mehdi", "مهدی"), ("Omid", "امید"), ("Payam", "پیام"), ("Navid", "نوید"))},
    "de": {
        "female": tuple((n, "") for n in ("Anna", "Lena", "Katrin", "Julia", "Sophie", "Birgit", "Ute", "Jana", "Heike", "Franziska")),
        "male": tuple((n, "") for n in ("Lukas", "Jürgen", "Stefan", "Felix", "Moritz", "Uwe", "Tobias", "Jörg", "Matthias", "Emre"))},
    "en": {
        "female": tuple((n, "") for n in ("Emily", "Grace", "Olivia", "Zoë", "Fiona", "Charlotte", "Priya", "Aisha", "Layla", "Megan")),
        "male": tuple((n, "") for n in ("Oliver", "Harry", "James", "Callum", "Liam", "Samir", "Omar", "Rashid", "Thomas", "Ethan"))},
}
FAMILY: dict[str, tuple[tuple[str, str], ...]] = {
    "he": (("Cohen", "כהן"), ("Levi", "לוי"), ("Mizrahi", "מזרחי"), ("Peretz", "פרץ"), ("Biton", "ביטון"), ("Dahan", "דהן"), ("Avraham", "אברהם"),
           ("Friedman", "פרידמן"), ("Azoulay", "אזולאי"), ("Katz", "כץ"), ("Gabay", "גבאי"), ("Shapira", "שפירא"), ("Ben David", "בן דוד"),
           ("Amar", "עמר"), ("Malka", "מלכה"), ("Rosenberg", "רוזנברג"), ("Barak", "ברק"), ("Hadad", "חדד"), ("Segal", "סגל"), ("Golan", "גולן"),
           ("Navon", "נבון"), ("Shalev", "שלו"), ("Harel", "הראל"), ("Sasson", "ששון"), ("Ohana", "אוחנה"), ("Weiss", "וייס"), ("Turgeman", "תורג׳מן"),
           ("Yosef", "יוסף"), ("Zohar", "זוהר"), ("Elbaz", "אלבז")),
    "fa": (("Farhadi", "فرهادی"), ("Tehrani", "تهرانی"), ("Shirazi", "شیرازی"), ("Ahmadi", "احمدی"), ("Karimi", "کریمی"), ("Moradi", "مرادی"),
           ("Hosseini", "حسینی"), ("Rahimi", "رحیمی"), ("Kashani", "کاشانی"), ("Esfahani", "اصفهانی"), ("Jafari", "جعفری"), ("Nazari", "نظری"),
           ("Sadeghi", "صادقی"), ("Rostami", "رستمی"), ("Bahrami", "بهرامی")),
    "de": tuple((n, "") for n in ("Müller", "Schmidt", "Schneider", "Krüger", "Vogel", "Weiß", "Hoffmann", "Köhler", "Brandt", "Yılmaz", "Lehmann", "Böhm")),
    "en": tuple((n, "") for n in ("Smith", "O'Hara", "Taylor", "Patel", "Wright", "Khan", "Evans", "Haddad", "Clarke", "Al Mansoori", "Walker", "Novak")),
}
#: First and second words of firms, Latin and Hebrew.
FIRM_FIRST = (("Negev", "נגב"), ("Galil", "גליל"), ("Carmel", "כרמל"), ("Sharon", "שרון"), ("Atlas", "אטלס"), ("Orion", "אוריון"), ("Tavor", "תבור"), ("Arava", "ערבה"),
              ("Yarden", "ירדן"), ("Oren", "אורן"), ("Hermon", "חרמון"), ("Shaked", "שקד"), ("Gefen", "גפן"), ("Marom", "מרום"), ("Keshet", "קשת"), ("Nitzan", "ניצן"),
              ("Dekel", "דקל"), ("Rimon", "רימון"), ("Shahar", "שחר"), ("Almog", "אלמוג"), ("Barkan", "ברקן"), ("Gal", "גל"), ("Pisga", "פסגה"), ("Ofek", "אופק"))
FIRM_FIRST_ABROAD = ("Spree", "Havel", "Nordlicht", "Falcon", "Marina", "Thames", "Albion", "Kiez", "Harbour", "Oasis", "Linden", "Camden", "Crescent", "Palm")
#: Second word, Hebrew, industry.
FIRM_SECOND = (("Logistics", "לוגיסטיקה", "Transport"), ("Foods", "מזון", "Food"), ("Law Office", "משרד עורכי דין", "Legal"), ("Clinic", "מרפאה", "Health"),
               ("Motors", "רכב", "Automotive"), ("Software", "תוכנה", "Technology"), ("Builders", "בנייה", "Construction"), ("Travel", "תיירות", "Tourism"),
               ("Pharmacy", "בית מרקחת", "Health"), ("Textile", "טקסטיל", "Retail"), ("Insurance", "ביטוח", "Finance"), ("College", "מכללה", "Education"),
               ("Print", "דפוס", "Media"), ("Hotels", "מלונות", "Tourism"), ("Agro", "חקלאות", "Agriculture"), ("Design", "עיצוב", "Media"))
#: Branch -> cities of its customers.
CITIES: dict[str, tuple[str, ...]] = {
    "Tel Aviv HQ": ("Tel Aviv", "Ramat Gan", "Holon", "Bat Yam", "Herzliya", "Petah Tikva"), "Haifa": ("Haifa", "Kiryat Ata", "Nesher", "Acre"),
    "Jerusalem": ("Jerusalem", "Beit Shemesh", "Mevaseret Zion", "Modi'in"), "Be'er Sheva": ("Be'er Sheva", "Ashkelon", "Dimona", "Ofakim", "Eilat"),
    "Nazareth": ("Nazareth", "Afula", "Tiberias", "Karmiel"), "Online": ("Tel Aviv", "Rishon LeZion", "Netanya", "Ashdod", "Haifa", "Rehovot"),
    "Berlin": ("Berlin", "Potsdam"), "London": ("London", "Croydon", "Watford"), "Dubai Gulf Connect": ("Dubai", "Sharjah")}
INDUSTRIES = tuple(dict.fromkeys(industry for _, _, industry in FIRM_SECOND))
INTERESTS = ("Football", "Travel", "Cooking", "Music", "Technology", "Photography", "Gaming", "Hiking", "Languages", "Cinema", "Fitness", "Gardening")
NEEDS = {"concern": ("Monthly cost", "Coverage at home", "Privacy", "Contract length", "Roaming cost"), "preference": ("Calls in the evening", "Mail only", "Hebrew", "Persian", "Paper bills"),
         "need": ("More data abroad", "Second line", "Backup internet", "Larger phone", "Training for staff"), "hobby": ("Chess", "Cycling", "Painting", "Diving")}
