using System.Diagnostics;

namespace Kappa.Fuzz;

/// <summary>Changes inputs of one reader, and gives it them.</summary>
/// <remarks>An input that takes another way through the reader (it is refused at another place, or another thing is read) joins those that are changed: that
/// is what coverage is for other fuzzers, and needs no instrumented assemblies.</remarks>
/// <param name="target">The reader.</param>
/// <param name="seed">Decides every input.</param>
internal sealed class Campaign(FuzzTarget target, ulong seed)
{
    private const int MostPool = 4000;

    private readonly List<byte[]> _pool = [];
    private readonly List<byte[]> _valid = [];
    private readonly HashSet<string> _seen = [];

    /// <summary>Inputs so far.</summary>
    internal long Runs { get; private set; }

    /// <summary>How many of them were read.</summary>
    internal long WereRead { get; private set; }

    /// <summary>Ways through the reader that were seen.</summary>
    internal int Behaviours => _seen.Count;

    /// <summary>The most that was allocated for an input.</summary>
    internal long MostAllocated { get; private set; }

    /// <summary>Hears each input before it is read; null for nobody.</summary>
    internal Action<byte[]>? OnInput { get; init; }

    /// <summary>Runs until it is told to stop, or an input is at fault.</summary>
    /// <param name="goesOn">Asked before each input.</param>
    /// <returns>The faults: the input, and what is wrong. One of each kind.</returns>
    internal IReadOnlyList<(byte[] Input, string Fault)> Run(Func<bool> goesOn)
    {
        using var judge = new Judge(target);
        var faults = new List<(byte[] Input, string Fault)>();
        var mutator = new Mutator(target, new Philox(seed).Split(target.Name));
        var known = CorpusFolder.Of(target).Select(one => one.Bytes).ToArray();
        Debug.Assert(known.Length > 0, "a target has a corpus");
        // What happens once, as regular expressions are compiled, is nobody's memory.
        _ = judge.Of(known[0]);
        _pool.AddRange(known);
        foreach (byte[] input in known)
            Take(judge, input, faults);
        if (_valid.Count == 0)
            _valid.AddRange(known);
        while (goesOn())
            Take(judge, mutator.Next(_pool, _valid), faults);
        return faults;
    }

    private void Take(Judge judge, byte[] input, List<(byte[] Input, string Fault)> faults)
    {
        OnInput?.Invoke(input);
        var verdict = judge.Of(input);
        Runs++;
        WereRead += verdict.WasRead ? 1 : 0;
        MostAllocated = Math.Max(MostAllocated, verdict.Allocated);
        bool isNew = _seen.Add(verdict.Behaviour);
        if (verdict.Fault is { } fault && (isNew || verdict.WasRead))
            faults.Add((input, fault));
        else if (isNew && _pool.Count < MostPool)
            (verdict.WasRead ? _valid : _pool).Add(input);
    }
}
