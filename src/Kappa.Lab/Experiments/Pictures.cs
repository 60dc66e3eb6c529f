namespace Kappa.Lab.Experiments;

/// <summary>Pictures that cells read: loaded once in a process, since many cells use them.</summary>
internal static class Pictures
{
    private static readonly Lazy<(DataSubset, DataSubset)> LazyDigits = new(() => HandwrittenDigits.Load());
    private static readonly Lazy<(ImageDataSet, ImageDataSet)> LazyFashion = new(() => (FashionMnist.Training(), FashionMnist.Test()));

    /// <summary>8,000 handwritten digits to train on and 2,000 to test.</summary>
    internal static (DataSubset Training, DataSubset Test) Digits => LazyDigits.Value;

    /// <summary>60,000 pictures of clothes to train on and 10,000 to test.</summary>
    internal static (ImageDataSet Training, ImageDataSet Test) Fashion => LazyFashion.Value;

    /// <summary>The first examples of a data set.</summary>
    internal static DataSet First(DataSet data, int count) => count >= data.Count ? data : new DataSubset(data, Enumerable.Range(0, count));
}
