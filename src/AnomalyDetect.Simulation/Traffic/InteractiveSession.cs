using AnomalyDetect.Core.Events;
using AnomalyDetect.Simulation.Casting;

namespace AnomalyDetect.Simulation.Traffic;

/// <summary>A person's session: login, perhaps a wrong password and a second factor, a token, calls in page loads with pauses between, mostly a logout.</summary>
internal sealed class InteractiveSession : Actor
{
    private const double MeanPageLoads = 15, MeanPauseMs = 35_000, AnotherCall = 0.3, NewClientsAnotherCall = 0.5, Check = 0.08, WrongPassword = 0.06, GivesUp = 0.3;

    private const double NewClientsMeanBytes = 2500;

    /// <summary>Events of a session on average; what a tenant's rate is shared out by.</summary>
    public const double EventsExpected = 29;

    /// <summary>Calls of a person at work, on average.</summary>
    public const double CallsPerMinute = 60_000 / MeanPauseMs / (1 - AnotherCall);

    private readonly Troupe _troupe;
    private readonly Persona _who;
    private readonly Visit _visit;
    private readonly double _anotherCall;
    private Step _step = Step.Login;
    private int _pagesLeft;
    private int _roamAt = -1;
    private long _tokenExpires;

    private enum Step : byte
    {
        Login, SecondFactor, Token, Session, Call, Refresh, Logout, Over,
    }

    /// <param name="now">The time of <paramref name="first"/>.</param>
    public InteractiveSession(Troupe troupe, Persona who, DateTime now, long first) : base(first)
    {
        (_troupe, _who) = (troupe, who);
        var client = troupe.Options.WithClientOf(who, now, out var isNew);
        _anotherCall = isNew ? NewClientsAnotherCall : AnotherCall;
        var dice = troupe.Dice;
        var place = dice.Unit();
        _visit = new Visit(troupe.Tenant, client, place < 0.6 ? troupe.Tenant.Office : place < 0.87 ? who.Home : who.Mobile, troupe.Ids, dice, meanBytes: isNew ? NewClientsMeanBytes : Visit.MeanBytes);
        _pagesLeft = 1 + (int)dice.Exponential(MeanPageLoads);
        if (place >= 0.6 && dice.Chance(0.06)) _roamAt = dice.Between(1, _pagesLeft);
        who.Sessions++;
    }

    private Dice Dice => _troupe.Dice;

    public override SimulatedEvent? Act(World world)
    {
        var now = world.Time(Next);
        switch (_step)
        {
            case Step.Login: return Login(now);
            case Step.SecondFactor:
                var refused = Dice.Chance(0.01);
                Go(refused ? Step.SecondFactor : Step.Token, Dice.Between(200.0, 900));
                return refused
                    ? _visit.Event(now, EventType.MfaChallenge, EventOutcome.Failure, FailureReason.UserRejected)
                    : _visit.Event(now, EventType.MfaChallenge);
            case Step.Token:
                _visit.TakeToken();
                _tokenExpires = Next + (long)Dice.Between(20 * 60_000.0, 40 * 60_000);
                Go(_visit.SessionId is null ? Step.Session : Step.Call, Dice.Between(5.0, 60));
                return _visit.Event(now, EventType.TokenIssue);
            case Step.Session:
                _visit.BeginSession();
                Go(Step.Call, Dice.Between(50.0, 800));
                return _visit.Event(now, EventType.SessionStart);
            case Step.Call: return Call(now);
            case Step.Refresh:
                Go(Step.Token, Dice.Between(20.0, 200));
                return _visit.Event(now, EventType.TokenValidation, EventOutcome.Failure, FailureReason.Expired);
            case Step.Logout:
                End();
                return _visit.Event(now, EventType.Logout);
            default:
                return null;
        }
    }

    private SimulatedEvent Login(DateTime now)
    {
        if (!Dice.Chance(WrongPassword))
        {
            Go(Dice.Chance(0.3) ? Step.SecondFactor : Step.Token, Dice.Between(300.0, 4000));
            return _visit.Event(now, EventType.Login);
        }

        if (Dice.Chance(GivesUp)) End();
        else Go(Step.Login, Dice.Between(3000.0, 20_000));
        return _visit.Event(now, EventType.Login, EventOutcome.Failure, FailureReason.BadPassword);
    }

    private SimulatedEvent Call(DateTime now)
    {
        if (Next >= _tokenExpires)
        {
            Go(Step.Token, Dice.Between(20.0, 200));
            return _visit.Event(now, EventType.TokenValidation, EventOutcome.Failure, FailureReason.Expired);
        }

        if (_pagesLeft == _roamAt)
        {
            _visit.Move(_visit.Who.Mobile);
            _roamAt = -1;
        }

        if (Dice.Chance(Check))
        {
            After(Dice.Between(2.0, 30));
            return _visit.Event(now, EventType.TokenValidation);
        }

        if (Dice.Chance(_anotherCall))
        {
            After(Dice.Between(40.0, 1500));
        }
        else if (--_pagesLeft > 0)
        {
            After(Dice.Exponential(MeanPauseMs));
        }
        else if (Dice.Chance(0.6))
        {
            Go(Step.Logout, Dice.Exponential(MeanPauseMs));
        }
        else
        {
            End();
        }

        if (_visit.Who.IsAdmin && Dice.Chance(0.05)) return Administer(now);
        var luck = Dice.Unit();
        return _visit.Call(now, luck < 0.006 ? EventOutcome.Denied : luck < 0.02 ? EventOutcome.Failure : EventOutcome.Success);
    }

    private SimulatedEvent Administer(DateTime now) => Dice.Below(3) switch
    {
        0 => _visit.Event(now, EventType.ConfigChange) with { Resource = "/v1/settings" },
        1 => _visit.Event(now, EventType.PolicyDecision) with { Resource = "/v1/users" },
        _ => _visit.Event(now, EventType.DelegationGrant) with
        {
            PartnerId = _troupe.Tenant.Partnerships[0].PartnerId,
            DelegationId = _troupe.Ids.Delegation(),
            Scope = _troupe.Tenant.Partnerships[0].Scope,
        },
    };

    private void Go(Step step, double milliseconds)
    {
        _step = step;
        After(milliseconds);
    }

    private void End()
    {
        _step = Step.Over;
        Next = Never;
        _who.Sessions--;
    }
}
