namespace Kappa.Lab.Statistics;

/// <summary>A grey picture, such as samples of a model side by side.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Width">Pixels from left to right.</param>
/// <param name="Height">Pixels from top to bottom.</param>
/// <param name="Pixels">Row-major, 0 (black) to 255, <c>width * height</c> of them.</param>
public sealed record GreyPicture(string Title, int Width, int Height, byte[] Pixels);
