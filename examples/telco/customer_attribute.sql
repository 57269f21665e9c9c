SELECT "customerID" || ':' || key AS source_id, "customerID" AS customer_ref, key, value
FROM (
    UNPIVOT (
        SELECT "customerID", "Contract" AS contract, "PaymentMethod" AS payment_method, "InternetService" AS internet_service,
               "PaperlessBilling" AS paperless_billing, "TechSupport" AS tech_support, "MonthlyCharges" AS monthly_charge,
               CASE "SeniorCitizen" WHEN '1' THEN 'Yes' ELSE 'No' END AS senior_citizen, "Partner" AS partner, "tenure" AS tenure_months
        FROM raw."Telco-Customer-Churn"
    ) ON contract, payment_method, internet_service, paperless_billing, tech_support, monthly_charge, senior_citizen, partner,
         tenure_months INTO NAME key VALUE value
)
