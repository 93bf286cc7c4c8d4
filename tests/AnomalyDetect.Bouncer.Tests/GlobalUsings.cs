global using AnomalyDetect.Bouncer.Tests.Fixtures;
global using AnomalyDetect.Core.Persistence;
global using AnomalyDetect.Core.Playbooks;
global using AnomalyDetect.Testing;
global using Microsoft.Extensions.DependencyInjection;
global using Microsoft.Extensions.Logging;
global using Microsoft.Extensions.Time.Testing;
