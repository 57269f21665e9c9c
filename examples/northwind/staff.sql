-- An employee's team is the region of the territories he or she looks after; nobody has territories in two.
SELECT
    e."EmployeeID"                          AS source_id,
    e."FirstName" || ' ' || e."LastName"    AS name,
    t.team,
    e."ReportsTo"                           AS reports_to_ref,
    e."HireDate"                            AS hired_on
FROM raw."Employees" e
LEFT JOIN (
    SELECT et."EmployeeID", min(trim(r."RegionDescription")) AS team
    FROM raw."EmployeeTerritories" et
    JOIN raw."Territories" t USING ("TerritoryID")
    JOIN raw."Regions" r USING ("RegionID")
    GROUP BY et."EmployeeID"
) t USING ("EmployeeID")
