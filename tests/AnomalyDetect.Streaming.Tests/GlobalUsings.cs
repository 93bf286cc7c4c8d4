global using AnomalyDetect.Testing;
