"""How to read each page: a few sentences a page, in the reader's language; what it answers, how to read its figures, where a click leads."""
from __future__ import annotations

from crm_data.errors import N_

#: Page -> (what is explained, the explanation), in the order in which they are read.
PAGE_HELP: dict[str, tuple[tuple[str, str], ...]] = {
    "today": (
        (N_("What it answers"), N_("Where the firm stands now: the main figures of the period chosen above, each against its comparison and, where there is one, its target.")),
        (N_("Tiles"), N_("The large number is the period so far. The arrow says how it changed; green is better, red is worse, and the sign and arrow say the same without colour.")),
        (N_("Against target"), N_("The dark line is what was reached day by day, the dashed one where the working days passed should have brought us.")),
        (N_("To look at"), N_("What stands out by fixed rules: targets behind their pace, branches that fall, debts that grow, alerts you set. Each line opens its rows.")),
    ),
    "review": (
        (N_("What it answers"), N_("The agenda of the weekly meeting: what changed since the last one, what was decided, and whether it worked.")),
        (N_("The figures"), N_("Now is today's data, last meeting what was read then from the data of that day. Below each block stand figures of the last meeting that read differently today, and which rows changed.")),
        (N_("Presenting"), N_("Present shows one block a screen. Arrow keys turn the pages, F fills the screen, Escape leaves.")),
        (N_("Old meetings"), N_("A closed meeting opens as it was, from the data kept for it.")),
    ),
    "segments": (
        (N_("What it answers"), N_("Who the customers are and what each kind of them brings: by type, age, gender, area, field of activity and habits.")),
        (N_("Bars"), N_("The bar is the value of the period, the thin mark the comparison. The percentages beside are the share of the whole and the change.")),
        (N_("Small groups"), N_("Averages of fewer than 30 customers are grey, of fewer than 300 they carry a mark: read them with care.")),
        (N_("A click"), N_("Choosing a bar narrows the whole page to it; the chip above takes it back.")),
    ),
    "explore": (
        (N_("What it answers"), N_("Almost any question: choose what is measured, by what, over which time and for whom, or write the question in words in the line on top.")),
        (N_("Figure and table"), N_("The figure suits the shape of the answer and can be changed. The table beside shows the same numbers; its totals are asked of the data, never added up on screen.")),
        (N_("Doors"), N_("A mark or a cell narrows, goes one level down or opens the rows behind. The rows always add up to the number chosen.")),
        (N_("Why did it change"), N_("Splits a change between two periods into customers that are new, lost, grown or shrunk, exactly to the last cent.")),
    ),
    "targets": (
        (N_("What it answers"), N_("What share of each target is reached, where it should stand today, and where it is likely to end.")),
        (N_("Bars"), N_("The bar is what is reached, the long line the target, the short one today's pace by the working days of the branch's own country.")),
        (N_("Landing"), N_("If it goes on at the pace of the last days, the end falls within the band; the band's width comes from how wrong the same method was before.")),
        (N_("Ratios"), N_("A share or an average is worked out anew at every level from its own parts; targets of ratios are never added up.")),
    ),
    "team": (
        (N_("What it answers"), N_("What each person set out to do, did and reached, and how branches compare when their size and days are taken out.")),
        (N_("Points"), N_("Where somebody stands among all (0 to 100) times the weight of the part; the points sum to the score and nothing else does.")),
        (N_("Branches, fairly"), N_("Per working day, per person, and among customers both periods knew: the three can tell different stories, and then all three matter.")),
    ),
    "rankings": (
        (N_("What it answers"), N_("Which customers come first by the criteria you choose, each with its direction and weight.")),
        (N_("Score"), N_("Each criterion gives a percentile from 0 to 100 among all who are ranked; the score is their mean by weight. A click on a place explains it.")),
        (N_("Moves"), N_("The arrow is the change of place against the comparison, with its main reason.")),
        (N_("Classes"), N_("A brings the first 80 % of what is positive, B up to 95 %, C the rest; D brings nothing or loses. The limits can be changed.")),
    ),
    "worth": (
        (N_("What it answers"), N_("What customers leave after goods and the cost of serving them, and who costs more than they bring.")),
        (N_("Statement"), N_("From revenue down to what is left; each bar opens its rows. The costs use the dated rates shown below.")),
        (N_("Whale curve"), N_("Customers from best to worst: the curve climbs while they earn, and falls where they cost. The distance from the peak to the end is what loss-makers take back.")),
        (N_("What if"), N_("A slider changes a rate and shows who would change place; nothing is kept.")),
    ),
    "customer": (
        (N_("What it answers"), N_("Everything known about one customer along one axis of time, and what stands out.")),
        (N_("Finding"), N_("Any part of a name in any script, a phone in any form, a mail address or a number; small spelling mistakes are forgiven.")),
        (N_("Timeline"), N_("Drag over the strip to choose a period, switch kinds on and off, search inside. The list below tells the same in words.")),
        (N_("Noticed"), N_("What the rules found: an unanswered complaint, a silence longer than usual, an overdue invoice, a falling price. What is not known is said as unknown.")),
    ),
    "tiers": (
        (N_("What it answers"), N_("Which customers belong to which tier, by limits or by hand, and what each tier is granted.")),
        (N_("Simulator"), N_("Move a limit and see who would change tier, what the discounts would cost and what worth is at stake, before anything is applied.")),
        (N_("Applying"), N_("Every run is kept with who, when and why, and can be undone.")),
    ),
    "pipeline": (
        (N_("What it answers"), N_("The open opportunities by stage, how long they stand there, and how many of their kind were won later.")),
        (N_("Chances"), N_("Counted on opportunities old enough to be decided, so that young ones do not lower them.")),
        (N_("One opportunity"), N_("Its stages with days in each, every activity, quotes and the next step, beside those that were won.")),
    ),
    "data": (
        (N_("What it answers"), N_("Where the numbers come from: what is in the data, from which sources, and which tables are still empty.")),
        (N_("Snapshots"), N_("Each import makes a new one; the one in use is never changed. Figures can always be traced to the snapshot they were read from.")),
    ),
    "people": (
        (N_("What it answers"), N_("Who may sign in, what each may see, and what was done by whom.")),
        (N_("Roles"), N_("Viewers see totals without personal data, managers their own branches or owners, administrators everything and the settings.")),
    ),
}
