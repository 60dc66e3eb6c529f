namespace Kappa.Lab.Settings;

/// <summary>Devices that a config or <c>--device</c> may name.</summary>
/// <param name="Name">Such as <c>cuda</c>.</param>
/// <param name="IsNumbered">Whether there may be several, so that <c>cuda:1</c> is the second.</param>
/// <param name="Summary">What it is, in half a sentence.</param>
/// <param name="Open">Makes the device of a number, 0 where there is one, or throws a <see cref="NotSupportedException"/> that says what is absent and the way
/// out.</param>
public sealed record DeviceFamily(string Name, bool IsNumbered, string Summary, Func<int, MatrixPrecision, Device> Open)
{
    /// <summary>How products of matrices can be computed there.</summary>
    public IReadOnlyList<MatrixPrecision> Precisions { get; init; } = [MatrixPrecision.Float32];
}
