using AnomalyDetect.Core.Checkpoints;

namespace AnomalyDetect.Core.Alerts;

/// <content>What is kept of it.</content>
internal sealed partial class AlertBook
{
    public void Save(StateWriter writer)
    {
        writer.Long(Evictions);
        writer.Int(_room.Count);
        writer.Bool(_wants);
        writer.Int(_open.Count);
        foreach (var episode in InOrder())
        {
            episode.Save(writer);
            writer.Text(episode.Group!.Id);
            writer.Int(episode.Group.Count);
        }

        writer.Int(_groups.Count);
        foreach (var (signal, group) in _groups)
        {
            writer.Byte((byte)signal);
            group.Save(writer);
        }

        _offences.Save(writer);
    }

    public void Load(ref StateReader reader)
    {
        Evictions = reader.Long();
        var room = reader.Int();
        if (room is < 1 or > 100_000) throw new InvalidDataException("the alerts in the lane checkpoint have an impossible number");
        _room.Restore(room);
        _wants = reader.Bool();
        for (var left = reader.Count(); left > 0; left--)
        {
            var episode = Episode.Load(ref reader);
            episode.Group = new AlertGroup(reader.Text(), episode.First.At, reader.Int());
            _open[(episode.Signal, episode.Entity.Kind, episode.Entity.Id)] = episode;
        }

        for (var left = reader.Count(); left > 0; left--) _groups[(Signal)reader.Byte()] = AlertGroup.Load(ref reader);
        // One whose group has been followed by another is over itself, and has the name and size of it left.
        foreach (var episode in _open.Values)
            if (_groups.TryGetValue(episode.Signal, out var group) && group.Id == episode.Group!.Id) episode.Group = group;
        _offences.Load(ref reader);
    }
}
