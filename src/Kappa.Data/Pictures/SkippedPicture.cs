namespace Kappa.Data.Pictures;

/// <summary>A file that could not be decoded and was left out.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedPicture(string FilePath, string Reason);
