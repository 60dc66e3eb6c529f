using Kappa.Pieces;

namespace Kappa.Lab.Runs;

/// <summary>What the processes of a job warn of: the first says each line once, those of others when they have told it.</summary>
/// <param name="processes">The processes.</param>
/// <param name="say">Takes a line in the first process; null drops it.</param>
internal sealed class SharedWarnings(IProcessGroup processes, Action<string>? say)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _untold = [];

    /// <summary>Warns of something.</summary>
    internal void Add(string line)
    {
        lock (_known)
        {
            if (!_known.Add(line))
                return;
            if (processes.Rank == 0)
                say?.Invoke(line);
            else
                _untold.Add(line);
        }
    }

    /// <summary>Tells the first process what the others warn of. All call it.</summary>
    internal void Tell()
    {
        byte[] own;
        lock (_known)
        {
            own = JsonSerializer.SerializeToUtf8Bytes(_untold);
            _untold.Clear();
        }
        byte[][] all = processes.Gather(own);
        foreach (string line in processes.Rank > 0 ? [] : all.SelectMany(message => JsonSerializer.Deserialize<string[]>(message)!))
            Add(line);
    }

    /// <summary>Hears also what is said to <see cref="Warnings"/>, which each process would print by itself.</summary>
    internal IDisposable? Listen() => processes.Size > 1 ? Warnings.To(Add) : null;
}
