using AnomalyDetect.Core.Persistence;
using CsCheck;

namespace AnomalyDetect.Storage.Tests.Decisions;

[TestClass]
public sealed class DecisionFeedProperties
{
    private static readonly string?[] Tenants = [null, "a", "b"];

    private static readonly Gen<(int What, int Number, int Most)[]> Steps = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 12], Gen.Int[1, 4]).Array[1, 40];

    [TestMethod]
    public void A_feed_followed_from_any_point_ends_as_the_full_copy() =>
        Steps.Sample(
            steps =>
            {
                using var store = new TestStore();
                var followers = new List<Follower>();
                foreach (var (what, number, most) in steps)
                {
                    switch (what)
                    {
                        case 0 or 1:
                            var expiry = Some.Time.AddMinutes(number);
                            store.Commit("lane", number, Some.Decision(number, number % 2 == 0 ? "a" : "b", simulated: number == 7, expiresAt: expiry));
                            break;
                        case 2: store.Decisions.Undo(Some.Decision(number).Id, "ann", "a false alarm"); break;
                        case 3: store.Decisions.Expire(Some.Time.AddMinutes(number), most); break;
                        case 4: followers.Add(new Follower(Tenants[number % 3])); break;
                        default: followers.ForEach(f => f.Poll(store, most)); break;
                    }
                }

                foreach (var follower in followers)
                {
                    while (follower.Poll(store, 3)) { }
                    follower.AssertEqualsFullCopy(store);
                }
            },
            iter: 60, threads: 2);

    private sealed class Follower(string? tenant)
    {
        private readonly SortedSet<string> _inForce = new(StringComparer.Ordinal);
        private long _after;

        internal bool Poll(TestStore store, int most)
        {
            var page = store.Decisions.Feed(_after, tenant, most);
            foreach (var entry in page)
            {
                Assert.IsGreaterThan(_after, entry.Sequence, "sequences rise");
                _after = entry.Sequence;
                Assert.AreNotEqual(DecisionState.Simulated, entry.State);
                if (entry.State == DecisionState.Active) _inForce.Add(entry.Decision.Id);
                else _inForce.Remove(entry.Decision.Id);
            }

            return page.Count > 0;
        }

        internal void AssertEqualsFullCopy(TestStore store)
        {
            var copy = store.Decisions.Feed(0, tenant, 1000);
            Assert.IsTrue(copy.All(e => e.State == DecisionState.Active));
            Assert.AreEqual(string.Join(' ', copy.Select(e => e.Decision.Id).Order(StringComparer.Ordinal)), string.Join(' ', _inForce));
        }
    }
}
