namespace AnomalyDetect.Service.Tests.Chaos;

/// <summary>A service that tries again soon, waits for a person where it must, and has tenants of three sorts (<see cref="Attacks"/>).</summary>
internal static class ChaosConfiguration
{
    /// <returns>The path of the configuration file.</returns>
    public static string Write(TempDirectory directory, string data, string redis, string webhook, int tenants)
    {
        directory.Write("secret", "whsec_" + Convert.ToBase64String(new byte[32]));
        directory.Write("playbook.yaml", "rules:\n" + Rules("lasting", """["lasting-*", "rehearsal-*"]""", "2h", "3h") + Rules("brief", """["brief-*"]""", "14s", "18s"));
        var rehearsals = string.Join(", ", Enumerable.Range(0, tenants).Select(i => $"\"{Attacks.Rehearsal}-{i}\": false"));
        return directory.Write("config.json", $$"""
            {
              "data_directory": "{{data}}",
              "http": { "urls": ["http://127.0.0.1:0"] },
              "detection": { "allowed_lateness": "1h", "dedupe_horizon": "1h" },
              "pipeline": { "checkpoint_interval": "1s" },
              "response": {
                "enforce": true, "tenants": { {{rehearsals}} }, "playbook": "{{directory["playbook.yaml"]}}",
                "guards": { "blast_radius": { "principals": 100000, "sessions": 100000, "addresses": 100000, "partners": 100000, "percent": 100, "least": 100000 } },
                "retry": { "base": "1s", "factor": 1, "max": "1s", "attempts": 1000 },
                "redis": {
                  "configuration": "{{redis}}", "check_interval": "1s", "connect_timeout": "500ms", "command_timeout": "500ms",
                  "retry": { "base": "1s", "factor": 1, "max": "1s" }
                },
                "webhooks": [{ "name": "soc", "url": "{{webhook}}", "secrets": [{ "file": "{{directory["secret"]}}" }], "allowed_ranges": ["127.0.0.0/8"] }]
              }
            }
            """);
    }

    private static string Rules(string name, string tenants, string shorter, string longer) => $$"""
          - name: {{name}}-forgers
            signals: [invalid_claim_injection]
            tenants: {{tenants}}
            decide_from: medium
            decisions: [{ type: block_ip, scopes: [address], expires_after: {{shorter}} }]
            notify: [{ audience: soc_tier1 }]
          - name: {{name}}-sprayers
            signals: [password_spraying]
            tenants: {{tenants}}
            decide_from: medium
            decisions: [{ type: block_ip, scopes: [address], expires_after: {{longer}} }]
            notify: [{ audience: soc_tier1 }]
          - name: {{name}}-hijackers
            signals: [session_hijack]
            tenants: {{tenants}}
            decide_from: medium
            decisions:
              - { type: force_reauth, scopes: [session], expires_after: {{longer}} }
              - { type: revoke_session, scopes: [session], expires_after: {{longer}} }
            notify: [{ audience: automated }]
          - name: {{name}}-partners
            signals: [delegation_scope_abuse]
            tenants: {{tenants}}
            decide_from: medium
            decisions: [{ type: suspend_partner_token, scopes: [partner], expires_after: {{longer}} }]
            notify: [{ audience: security_lead }]
          - name: {{name}}-violators
            signals: [policy_violation_burst]
            tenants: {{tenants}}
            decide_from: medium
            decisions: [{ type: step_up, scopes: [principal], expires_after: {{longer}} }]
            notify: [{ audience: tenant_admin }]

        """;
}
