namespace Kappa.Data;

/// <summary>Weights of classes for <see cref="Networks.CrossEntropyOptions.ClassWeights"/>.</summary>
public static class ClassWeights
{
    /// <summary>Weights that make every class count the same in the whole: n / (classes n_c), as King and Zeng (2001) have it; their mean over the labels
    /// is 1.</summary>
    /// <param name="labels"><c>[examples]</c> of the training examples, each 0 to <paramref name="classes"/> - 1.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <returns><c>[classes]</c>.</returns>
    /// <exception cref="ArgumentException">A label is no class, or a class has no example; the message names it.</exception>
    public static double[] Balanced(ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        long[] counts = new long[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                throw new ArgumentException($"labels[{i}] is {labels[i]}: expected 0 to {classes - 1}", nameof(labels));
            counts[labels[i]]++;
        }
        int without = Array.IndexOf(counts, 0);
        if (without >= 0)
            throw new ArgumentException($"class {without} has no example, so that no weight makes it count: leave it out of the model", nameof(labels));
        double count = labels.Length;
        return Array.ConvertAll(counts, of => count / (classes * (double)of));
    }
}
