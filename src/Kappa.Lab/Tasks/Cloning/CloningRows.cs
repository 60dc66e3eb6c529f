namespace Kappa.Lab.Tasks.Cloning;

/// <summary>Demonstrations as examples: what a policy sees at a step, and the actions that the expert took from then on. A step after which the demonstration
/// ends before the chunk does is no example.</summary>
internal sealed class CloningRows
{
    private readonly Tensor _seen;
    private readonly int[] _lookup;
    private readonly Shape _shape;
    private readonly int _stack;

    private CloningRows(Tensor seen, int[] lookup, Shape shape, int stack, float[] chunks, int chunkSize)
    {
        (_seen, _lookup, _shape, _stack) = (seen, lookup, shape, stack);
        Chunks = new PointSet(chunks, chunkSize);
        Targets = Tensor.From<float>(chunks, [chunks.Length / chunkSize, chunkSize]).Keep();
    }

    /// <summary>The actions from each row on, a point [chunk * action size] each.</summary>
    internal PointSet Chunks { get; }

    /// <summary>The same, [rows, chunk * action size].</summary>
    internal Tensor Targets { get; }

    internal int Count => Chunks.Count;

    /// <summary>Whether an observation is a vector, and no picture.</summary>
    internal bool AreVectors => _shape.Rank == 1;

    /// <summary>Makes rows of demonstrations.</summary>
    /// <param name="demonstrations">What was seen and done; all of one length, no shorter than a chunk.</param>
    /// <param name="chunk">Steps of a chunk, 1 or more.</param>
    /// <param name="stack">How many of the things seen an observation holds, the newest last.</param>
    /// <param name="every">Steps from one of them to the next; before a demonstration's first step stands what was seen at that.</param>
    /// <param name="shape">The shape of an observation.</param>
    internal static CloningRows Of(DemonstrationSet demonstrations, int chunk, int stack, int every, Shape shape)
    {
        int length = demonstrations.Count / demonstrations.Trajectories, perTrajectory = length - chunk + 1, actions = demonstrations.ActionSize;
        ArgumentOutOfRangeException.ThrowIfLessThan(perTrajectory, 1, nameof(chunk));
        int rows = demonstrations.Trajectories * perTrajectory;
        int[] lookup = new int[rows * stack];
        float[] chunks = new float[rows * chunk * actions];
        for (int row = 0; row < rows; row++)
        {
            int first = row / perTrajectory * length, step = row % perTrajectory;
            for (int i = 0; i < stack; i++)
                lookup[(row * stack) + i] = first + Earlier(step, stack - 1 - i, every);
            demonstrations.Actions.AsSpan((first + step) * actions, chunk * actions).CopyTo(chunks.AsSpan(row * chunk * actions));
        }
        var seen = Tensor.From<float>(demonstrations.Observations, [demonstrations.Count, demonstrations.ObservationSize]).Keep();
        return new CloningRows(seen, lookup, shape, stack, chunks, chunk * actions);
    }

    /// <summary>The step some sightings before another, the first where there is none.</summary>
    internal static int Earlier(int step, int sightings, int every) => Math.Max(0, step - (sightings * every));

    /// <summary>The same rows with noise of a tenth of each feature's standard deviation in what is seen.</summary>
    internal CloningRows Perturbed(Philox generator) => new(InputNoise.Added(_seen, generator), _lookup, _shape, _stack, Chunks.Values, Chunks.Dimension);

    /// <summary>Some rows, evenly spread; all where there are no more than the count.</summary>
    internal int[] Spread(int count)
    {
        int kept = Math.Min(count, Count);
        return [.. Enumerable.Range(0, kept).Select(i => (int)((long)i * Count / kept))];
    }

    /// <summary>What is seen in all rows, as vectors: [rows, numbers of an observation].</summary>
    internal Tensor Flat() => Observations(Spread(int.MaxValue)).Reshape([Count, _shape.Count]);

    /// <summary>What is seen in some rows, [rows, shape of an observation].</summary>
    internal Tensor Observations(ReadOnlySpan<int> rows)
    {
        int[] items = new int[rows.Length * _stack];
        for (int i = 0; i < rows.Length; i++)
            _lookup.AsSpan(rows[i] * _stack, _stack).CopyTo(items.AsSpan(i * _stack));
        return _seen.Gather(Tensor.From<int>(items, [items.Length])).Reshape([rows.Length, .. _shape.ToArray()]);
    }

    /// <summary>The actions of some rows, [rows, chunk * action size].</summary>
    internal Tensor TargetsOf(ReadOnlySpan<int> rows) => Targets.Gather(Tensor.From(rows, [rows.Length]));
}
