namespace Kappa.Lab.Data;

/// <summary>Fashion-MNIST: grey 28 x 28 pictures of clothes in 10 classes, 60,000 to train on and 10,000 to test.</summary>
/// <remarks>Source: Xiao, Rasul and Vollgraf (2017), "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
/// arXiv:1708.07747. The files are those of Debian's package <c>dataset-fashion-mnist</c>.</remarks>
public static class FashionMnist
{
    private static readonly string[] Classes =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>The mean of the training pixels, for <see cref="ImageDataSet.Normalized"/>.</summary>
    public const double Mean = 0.2860;

    /// <summary>The standard deviation of the training pixels, for <see cref="ImageDataSet.Normalized"/>.</summary>
    public const double StandardDeviation = 0.3530;

    /// <summary>The 60,000 training examples.</summary>
    /// <param name="folder">The folder with the four files, or null to search (<see cref="DataPackage.Find"/>).</param>
    /// <exception cref="FileNotFoundException">The files are not there; the message names the command that installs them.</exception>
    /// <exception cref="DataFileException">A file is not the one that was published.</exception>
    public static ImageDataSet Training(string? folder = null) => Load("train", folder);

    /// <summary>The 10,000 test examples.</summary>
    /// <inheritdoc cref="Training"/>
    public static ImageDataSet Test(string? folder = null) => Load("t10k", folder);

    private static ImageDataSet Load(string part, string? folder)
    {
        var package = DataCatalog.FashionMnist;
        string place = package.Locate(folder);
        string images = $"{part}-images-idx3-ubyte.gz", labels = $"{part}-labels-idx1-ubyte.gz";
        return ImageDataSet.FromIdx(
            Path.Combine(place, images), package.Read(place, images), Path.Combine(place, labels), package.Read(place, labels), Classes);
    }
}
