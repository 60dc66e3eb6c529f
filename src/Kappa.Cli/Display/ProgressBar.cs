using Spectre.Console;
using Spectre.Console.Rendering;

namespace Kappa.Cli.Display;

/// <summary>A bar with a line of text after it.</summary>
internal static class ProgressBar
{
    private const int Width = 28;

    internal static IRenderable Of(double share, string text)
    {
        int full = (int)Math.Round(Math.Clamp(share, 0, 1) * Width);
        return new Markup($"[green]{new string('━', full)}[/][grey]{new string('━', Width - full)}[/] {Markup.Escape(VisibleText.Of(text))}");
    }
}
