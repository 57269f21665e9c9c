"""The phrases that join the words of a question: by {dimension}, top {n} by {measure}, since {when} (slots: see synonyms)."""
from __future__ import annotations

from crm_data.analysis.synonyms import Rule
from crm_data.errors import N_

_BY = (
    Rule("by", "", N_("by {dimension}|per {dimension}|for each {dimension}|for every {dimension}|in each {dimension}|each {dimension}|every {dimension}|split by {dimension}|grouped by {dimension}|"
                      "broken down by {dimension}|which {dimension}|what {dimension}|according to {dimension}|across {dimension}|between {dimension}|across all {dimension}|of which {dimension}")),
    Rule("main", "", N_("main {dimension}|most common {dimension}|most frequent {dimension}|most usual {dimension}|commonest {dimension}|chief {dimension}")),
    Rule("by_topic", "topic", N_("about what|ask about|asked for|ask for|asked|asks about|what about|asked about|what they asked about|what did they ask about|what they asked|why did they call|why they called|what for")),
    Rule("grain", "day", N_("by day|daily|per day|each day|every day|day by day|a day")),
    Rule("grain", "week", N_("by week|weekly|per week|each week|every week|week by week|a week")),
    Rule("grain", "month", N_("by month|monthly|per month|each month|every month|month by month|a month|by months|over the months")),
    Rule("grain", "quarter", N_("by quarter|quarterly|per quarter|each quarter|every quarter|quarter by quarter|by quarters")),
    Rule("grain", "year", N_("by year|yearly|annually|annual|per year|each year|every year|year by year|by years|over the years")),
)
_PERIODS = (
    Rule("named", "today", N_("today")),
    Rule("named", "yesterday", N_("yesterday")),
    Rule("named", "last_7_days", N_("last 7 days|past 7 days|past week|the past week")),
    Rule("named", "last_30_days", N_("last 30 days|past 30 days|past month|the past month")),
    Rule("named", "this_week", N_("this week|week to date|current week")),
    Rule("named", "last_week", N_("last week|previous week|the week before")),
    Rule("named", "month_to_date", N_("this month|month to date|current month|mtd")),
    Rule("named", "last_month", N_("last month|previous month|the month before")),
    Rule("named", "quarter_to_date", N_("this quarter|quarter to date|current quarter|qtd")),
    Rule("named", "last_quarter", N_("last quarter|previous quarter|the quarter before")),
    Rule("named", "year_to_date", N_("this year|year to date|current year|ytd|so far this year")),
    Rule("named", "last_year", N_("last year|previous year|the year before|last calendar year")),
    Rule("named", "last_12_months", N_("last 12 months|last twelve months|past 12 months|the last year|past year|the past year|last 365 days|a year back")),
    Rule("named", "last_24_months", N_("last 24 months|last two years|past two years|last 2 years")),
    Rule("named", "ever", N_("ever|all time|of all time|all years|since the beginning|from the beginning|since ever|the whole time")),
    Rule("last_n", "", N_("last {n} {unit}|past {n} {unit}|previous {n} {unit}|recent {n} {unit}|{n} last {unit}")),
    Rule("day", "", N_("{n} {month} {year}|{month} {n} {year}|{n} of {month} {year}")),
    Rule("day_month", "", N_("{n} {month}|{n} of {month}")),
    Rule("month", "", N_("{month} {year}|{month} of {year}|{year} {month}")),
    Rule("quarter", "", N_("{quarter} {year}|{quarter} of {year}|{year} {quarter}")),
    Rule("since", "", N_("since {when}|from {when} on|from {when} onwards|from {when} until now|from {when} to now|from {when} till today|starting {when}|after {when}")),
    Rule("until", "", N_("until {when}|up to {when}|till {when}|to the end of {when}")),
    Rule("span", "", N_("between {when} and {when}|from {when} to {when}|from {when} until {when}|from {when} till {when}|{when} to {when}|{when} until {when}")),
    Rule("in", "", N_("in {when}|during {when}|in the {when}|within {when}|over {when}|for {when}|on {when}")),
)
_COMPARE = (
    Rule("compare", "last_year", N_("against last year|compared with last year|compared to last year|versus last year|vs last year|against the year before|compared with the year before|year on year|"
                                    "year over year|yoy|than last year|against the same time last year|against the same period last year|compared with a year ago|against a year ago|compared to a year ago|"
                                    "against the previous year|compared with the previous year|change on last year")),
    Rule("compare", "previous", N_("against the period before|compared with the period before|compared to the period before|against the previous period|compared with the previous period|"
                                   "compared to the previous period|versus the previous period|vs the previous period|vs previous period|vs the period before|than before|against before|compared with before")),
    Rule("against", "", N_("against {when}|compared with {when}|compared to {when}|versus {when}|vs {when}|than in {when}|than {when}|against {when} before")),
    Rule("versus", "", N_("{member} against {member}|{member} versus {member}|{member} vs {member}|{member} compared with {member}|{member} compared to {member}")),
)
_RANKS = (
    Rule("top", "", N_("top {n} {dimension} by {measure}|top {n} by {measure}|top {percent} by {measure}|top {percent} {dimension} by {measure}|top {n} {dimension}|top {percent} {dimension}|top {n}|top {percent}|"
                       "{n} best {dimension} by {measure}|best {n} {dimension} by {measure}|best {percent} {dimension} by {measure}|{n} best {dimension}|best {n} {dimension}|best {percent} {dimension}|best {percent} by {measure}|"
                       "first {n} {dimension} by {measure}|first {n} {dimension}|{n} {dimension} with the most {measure}|{n} {dimension} with the highest {measure}|{percent} {dimension} with the highest {measure}|"
                       "{percent} {dimension} with the most {measure}|{n} largest {dimension} by {measure}|highest {n} by {measure}|highest {percent} by {measure}|upper {percent} by {measure}")),
    Rule("bottom", "", N_("bottom {n} {dimension} by {measure}|bottom {n} by {measure}|bottom {percent} by {measure}|bottom {percent} {dimension} by {measure}|bottom {n} {dimension}|bottom {percent} {dimension}|bottom {n}|bottom {percent}|"
                          "worst {n} {dimension} by {measure}|{n} worst {dimension} by {measure}|{n} worst {dimension}|worst {n} {dimension}|lowest {n} by {measure}|lowest {percent} by {measure}|"
                          "{n} {dimension} with the least {measure}|{n} {dimension} with the lowest {measure}|last {n} {dimension} by {measure}")),
    Rule("best", "worth", N_("most profitable {dimension}|best {dimension}|most valuable {dimension}|most worthy {dimension}|{dimension} most profitable|{dimension} worth most")),
    Rule("best", "revenue", N_("biggest {dimension}|largest {dimension}|top {dimension}|highest spending {dimension}|strongest {dimension}")),
    Rule("worst", "worth", N_("least profitable {dimension}|worst {dimension}|least valuable {dimension}|most unprofitable {dimension}")),
    Rule("worst", "revenue", N_("smallest {dimension}|weakest {dimension}|lowest spending {dimension}")),
    Rule("desc", "", N_("highest {measure}|most {measure}|largest {measure}|greatest {measure}|best {measure}|biggest {measure}|maximum {measure}")),
    Rule("asc", "", N_("lowest {measure}|least {measure}|fewest {measure}|smallest {measure}|worst {measure}|minimum {measure}")),
)
_EACH = (
    Rule("each_above", "", N_("more than {n} {measure}|over {n} {measure}|above {n} {measure}|{measure} > {n}|{measure} over {n}|{measure} above {n}|{measure} more than {n}|{measure} is more than {n}|"
                              "{measure} greater than {n}|{measure} higher than {n}|> {n} {measure}|{measure} exceeds {n}|{measure} exceeding {n}")),
    Rule("each_least", "", N_("at least {n} {measure}|{n} or more {measure}|{measure} >= {n}|{measure} at least {n}|{measure} of at least {n}|{measure} of {n} or more|minimum {n} {measure}|{measure} from {n} up|>= {n} {measure}")),
    Rule("each_below", "", N_("less than {n} {measure}|fewer than {n} {measure}|under {n} {measure}|below {n} {measure}|{measure} < {n}|{measure} under {n}|{measure} below {n}|{measure} less than {n}|"
                              "{measure} lower than {n}|< {n} {measure}|{measure} is less than {n}")),
    Rule("each_most", "", N_("at most {n} {measure}|up to {n} {measure}|no more than {n} {measure}|not more than {n} {measure}|{measure} <= {n}|{measure} at most {n}|{measure} up to {n}|<= {n} {measure}")),
    Rule("each_between", "", N_("{measure} > {n} < {n}|{measure} > {n} and < {n}|between {n} and {n} {measure}|{measure} between {n} and {n}|{n} to {n} {measure}|{measure} from {n} to {n}|from {n} to {n} {measure}")),
    Rule("each_exactly", "", N_("exactly {n} {measure}|with {n} {measure}|{measure} = {n}|just {n} {measure}|only {n} {measure}|who have {n} {measure}")),
    Rule("each_some", "", N_("with {measure}|who have {measure}|who had {measure}|having {measure}|with any {measure}|that have {measure}|who made {measure}|who placed {measure}")),
    Rule("each_none", "", N_("without {measure}|without any {measure}|with no {measure}|no {measure}|who have no {measure}|who had no {measure}|having no {measure}|with 0 {measure}|with zero {measure}")),
    Rule("times_least", "orders", N_("bought {n} times|ordered {n} times|bought at least {n} times|ordered at least {n} times|purchased {n} times|purchased at least {n} times|bought {n} times or more")),
    Rule("times_above", "orders", N_("bought more than {n} times|ordered more than {n} times|purchased more than {n} times")),
    Rule("twice", "orders", N_("bought twice|ordered twice|purchased twice|bought again|ordered again|came back to buy|repeat buyers|repeat customers")),
    Rule("once", "orders", N_("bought once|ordered once|purchased once|bought only once|ordered only once|one-time buyers")),
    Rule("times_least", "contacts", N_("contacted us {n} times|contacted {n} times|contacted us at least {n} times|contacted at least {n} times")),
    Rule("times_above", "contacts", N_("contacted us more than {n} times|contacted more than {n} times")),
    Rule("age_least", "", N_("over {n} years old|older than {n}|aged over {n}|over the age of {n}|above {n} years|aged {n} or more|at least {n} years old|over {n} years of age|{n} years and older|{n} or older|above the age of {n}|"
                             "older than {n} years|aged {n} and over|over {n} years")),
    Rule("age_over", "", N_("over {n}|above {n}")),
    Rule("age_under", "", N_("under {n}")),
    Rule("age_below", "", N_("under {n} years old|younger than {n}|aged under {n}|under the age of {n}|below {n} years|less than {n} years old|below the age of {n}|younger than {n} years|under {n} years")),
    Rule("age_between", "", N_("between {n} and {n} years old|aged {n} to {n}|aged between {n} and {n}|{n} to {n} years old|between the ages of {n} and {n}|from {n} to {n} years old|between {n} and {n} years|ages {n} to {n}")),
)
_FILTERS = (
    Rule("not", "", N_("not {member}|without {member}|except {member}|except for {member}|excluding {member}|all but {member}|except {member} {member}|except {member} {member} {member}|not {member} {member}|without {member} {member}|all but {member} {member}|excluding {member} {member}|other than {member}|but not {member}|not in {member}|not from {member}|not by {member}|"
                       "outside {member}|apart from {member}|leaving out {member}|not on {member}|not about {member}")),
    Rule("unknown", "", N_("unknown {dimension}|without a {dimension}|without {dimension}|no {dimension}|with no {dimension}|{dimension} unknown|{dimension} not known|without known {dimension}|missing {dimension}")),
)
_ACTS = (
    Rule("act", "called", N_("called|phoned|rang|telephoned|called us|phoned us|rang us|who called|called in")),
    Rule("act", "we_called", N_("we called|we phoned|called by us|phoned by us|were called")),
    Rule("act", "wrote", N_("wrote|emailed|mailed|wrote to us|emailed us|e-mailed")),
    Rule("act", "chatted", N_("chatted|chatted with us")),
    Rule("act", "visited", N_("visited|visited us|came to us|came in person")),
    Rule("act", "contacted", N_("contacted us|contacted|got in touch|turned to us|reached us|got in contact|approached us|asked us|have contacted us|asked something")),
    Rule("act", "starts", N_("how often do customers start a contact|how often customers start a contact|how often a customer starts a contact|how often does a customer start a contact|how often does a customer contact us|"
                            "how often a customer contacts us|how often do customers begin a contact")),
    Rule("act", "bought", N_("bought|purchased|ordered|buy|buying|have bought|made a purchase|placed an order|shopped|placed orders")),
    Rule("act", "sold", N_("sold|were sold|was sold|did we sell|have sold|sold most")),
    Rule("act", "not_bought", N_("did not buy|didnt buy|never bought|havent bought|have not bought|did not order|didnt order|not bought|bought nothing|who do not buy")),
    Rule("act", "not_contacted", N_("did not contact us|never contacted us|not contacted|were not contacted|without contact|we did not contact|nobody contacted")),
    Rule("act", "complained", N_("complained|have complained|made a complaint|who complained|complaining")),
    Rule("act", "not_complained", N_("did not complain|never complained|didnt complain")),
    Rule("act", "joined", N_("joined|joined us|became customers|signed up|were won")),
    Rule("calls", "phone", N_("calls|phone calls|telephone calls|call")),
    Rule("count", "", N_("how many|number of|count of|how many of|the number of|how many different")),
    Rule("change", "", N_("change in|change of|growth of|growth in|how did|how has|development of|grown|growth|increase in|decrease in|change")),
)
RULES: tuple[Rule, ...] = (*_BY, *_PERIODS, *_COMPARE, *_RANKS, *_EACH, *_FILTERS, *_ACTS)
