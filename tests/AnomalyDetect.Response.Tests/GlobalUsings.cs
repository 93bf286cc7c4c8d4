global using AnomalyDetect.Core.Alerts;
global using AnomalyDetect.Core.Persistence;
global using AnomalyDetect.Core.Playbooks;
global using AnomalyDetect.Response.Options;
global using AnomalyDetect.Response.Tests.Fixtures;
global using AnomalyDetect.Testing;
global using Microsoft.Extensions.Time.Testing;
global using Microsoft.VisualStudio.TestTools.UnitTesting;
