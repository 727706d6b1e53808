"""The page of a forecast: what comes in the next weeks, how sure, and how good earlier forecasts were."""
