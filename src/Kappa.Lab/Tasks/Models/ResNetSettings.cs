namespace Kappa.Lab.Tasks.Models;

/// <summary>The settings of <c>resnet18</c>.</summary>
internal sealed record ResNetSettings
{
    [Setting("channels of the first stage; each further one has twice as many", AtLeast = 1, AtMost = 1 << 10)]
    public int Width { get; init; } = 64;
}
