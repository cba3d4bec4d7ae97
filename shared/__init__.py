"""The domain and its adapters; it knows neither Azure Functions nor the machine it runs on."""
