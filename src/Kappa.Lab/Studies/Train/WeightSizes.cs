namespace Kappa.Lab.Studies.Train;

/// <summary>The inputs and outputs of a model, which data usually gives, read off the shapes of its weights, whatever their names.</summary>
/// <remarks>Two models of different sizes show which lengths depend on which. What is left of the file's shapes when those that depend on neither are taken
/// away is then assigned to the tensors that do, in whichever way gives one number for each.</remarks>
internal static class WeightSizes
{
    private const int NotKnown = 0;

    /// <summary>Finds both; 1 where the shapes are those of another model, so that loading lists what is wrong.</summary>
    /// <param name="create">Makes the model of so many inputs and outputs.</param>
    /// <param name="shapes">The shapes of the file, in the layout of the model.</param>
    internal static (int Inputs, int Outputs) Of(Func<int, int, Module> create, IEnumerable<long[]> shapes)
    {
        var small = create(1, 1).StateDict().Select(pair => pair.Value.Shape.ToArray()).ToArray();
        var large = create(2, 3).StateDict().Select(pair => pair.Value.Shape.ToArray()).ToArray();
        var rest = shapes.ToList();
        var open = new List<long[]>();
        foreach (var (one, other) in small.Zip(large))
        {
            if (one.SequenceEqual(other))
                _ = rest.Remove(rest.Find(shape => shape.SequenceEqual(one.Select(length => (long)length)))!);
            else
                // An axis of as many inputs is -1 here, and one of outputs -2.
                open.Add([.. one.Zip(other, (length, changed) => changed == length ? length : changed == 2 ? -1L : -2L)]);
        }
        var found = Assign(open, 0, rest, (NotKnown, NotKnown)) ?? open.Aggregate((Inputs: NotKnown, Outputs: NotKnown), (known, shape) =>
            rest.Select(candidate => Fit(shape, candidate, known)).FirstOrDefault(fit => fit is not null) ?? known);
        return (Math.Max(1, found.Inputs), Math.Max(1, found.Outputs));
    }

    private static (int Inputs, int Outputs)? Assign(List<long[]> open, int index, List<long[]> rest, (int Inputs, int Outputs) known)
    {
        if (index == open.Count)
            return known;
        foreach (var candidate in rest)
        {
            if (Fit(open[index], candidate, known) is { } fit
                && Assign(open, index + 1, [.. rest.Where(other => !ReferenceEquals(other, candidate))], fit) is { } all)
                return all;
        }
        return null;
    }

    /// <summary>What is known when a shape is that of a tensor; null where it cannot be.</summary>
    private static (int Inputs, int Outputs)? Fit(long[] wanted, long[] shape, (int Inputs, int Outputs) known)
    {
        if (wanted.Length != shape.Length)
            return null;
        foreach (var (expected, length) in wanted.Zip(shape))
        {
            int now = expected switch { -1 => known.Inputs, -2 => known.Outputs, _ => (int)expected };
            if (length is < 1 or > int.MaxValue || (now != NotKnown && now != length))
                return null;
            known = expected switch { -1 => ((int)length, known.Outputs), -2 => (known.Inputs, (int)length), _ => known };
        }
        return known;
    }
}
