namespace Kappa.Tables.Generated;

/// <summary>A table that is made up, so that the best that any method can do is known. The function is the same for every seed; the seed draws the rows, and
/// the order of the columns.</summary>
internal abstract class GeneratedTable
{
    /// <summary>The column that is predicted.</summary>
    internal const string Target = "target";

    /// <summary>All tables, in the order in which they are shown.</summary>
    internal static IReadOnlyList<GeneratedTable> All { get; } = [new InteractionsTable(), new IllConditionedTable(), new HeavyTailsTable()];

    /// <summary>The names of the classes 0 and 1.</summary>
    internal static IReadOnlyList<string> ClassNames { get; } = ["no", "yes"];

    internal abstract string Name { get; }

    /// <summary>What stands in it, in a few sentences for the reader of a report.</summary>
    internal abstract string Description { get; }

    internal abstract int FeatureCount { get; }

    internal abstract bool IsClasses { get; }

    /// <summary>Whether columns tell of each other.</summary>
    internal virtual bool IsCorrelated => false;

    /// <summary>The metrics that are shown, the one that counts first.</summary>
    internal abstract IReadOnlyList<string> Metrics { get; }

    /// <summary>Draws rows.</summary>
    /// <param name="count">How many, 1 or more.</param>
    /// <param name="seed">Decides them.</param>
    internal GeneratedRows Generate(int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var generator = new Philox(seed).Split(Name);
        int width = FeatureCount;
        int[] order = [.. Enumerable.Range(0, width)];
        generator.Split("columns").Shuffle(order);
        var source = generator.Split("rows");
        double[] features = new double[count * width], targets = new double[count], truth = new double[count], drawn = new double[width];
        for (int row = 0; row < count; row++)
        {
            (truth[row], targets[row]) = Draw(source, drawn);
            for (int column = 0; column < width; column++)
                features[(row * width) + column] = drawn[order[column]];
        }
        return new GeneratedRows([.. order.Select(feature => string.Create(CultureInfo.InvariantCulture, $"x{feature:00}"))], features, targets, truth);
    }

    /// <summary>Draws one row.</summary>
    /// <param name="generator">The source of randomness.</param>
    /// <param name="features">Takes <c>[features]</c>.</param>
    protected abstract (double Truth, double Target) Draw(Philox generator, Span<double> features);

    /// <summary>A draw of a class from its probability.</summary>
    protected static (double Truth, double Target) DrawClass(double logit, Philox generator)
    {
        double probability = 1 / (1 + Math.Exp(-logit));
        return (probability, generator.NextDouble() < probability ? 1 : 0);
    }

    /// <summary>A draw of Student's t: a normal number over the root of a chi-squared one over its degrees.</summary>
    protected static double DrawStudent(int degrees, Philox generator)
    {
        double normal = generator.NextNormal(), sum = 0;
        for (int i = 0; i < degrees; i++)
        {
            double one = generator.NextNormal();
            sum += one * one;
        }
        return normal / Math.Sqrt(sum / degrees);
    }
}
