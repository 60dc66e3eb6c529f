namespace Kappa.Data.Pictures;

/// <summary>How many pictures of a folder are decoded.</summary>
/// <param name="Done">Those that are, corrupt ones that are left out among them.</param>
/// <param name="Total">All.</param>
public readonly record struct PictureProgress(int Done, int Total);
