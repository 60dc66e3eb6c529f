namespace Kappa.Lab.Tasks.CartPole;

/// <summary>Draws a cart-pole from the side, by the lab's own canvas: MuJoCo's pictures need OpenGL, which not every machine has, and differ from one driver to
/// the next.</summary>
/// <param name="side">Pixels along a side.</param>
internal sealed class CartPoleArtist(int side)
{
    /// <summary>Half of what the picture shows, in m: the track and a little more.</summary>
    internal const double Extent = 1.5;

    private const double CartWidth = 0.2;
    private const double CartHeight = 0.1;
    private const double PoleRadius = 0.06;
    private const double CartGrey = 0.6;

    private readonly PictureCanvas _canvas = new(side, Extent);

    /// <summary>Draws a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="pixels">Takes the picture, [side, side], 0 (nothing there) to 1.</param>
    internal void Draw(CartPoleState state, Span<float> pixels)
    {
        pixels.Clear();
        _canvas.Box(pixels, state.Place - CartWidth, -CartHeight, state.Place + CartWidth, CartHeight, CartGrey);
        var (sine, cosine) = Math.SinCos(state.Angle);
        _canvas.Capsule(
            pixels, (state.Place, 0), (state.Place + (CartPoleModel.PoleLength * sine), CartPoleModel.PoleLength * cosine), PoleRadius, 1);
    }

    /// <summary>Pictures side by side: a row for each rollout, a column for each of some steps.</summary>
    internal GreyPicture Film(IReadOnlyList<CartPoleRollout> rollouts, IReadOnlyList<int> steps, string title)
    {
        int pitch = side + 1, width = (steps.Count * pitch) + 1, height = (rollouts.Count * pitch) + 1;
        byte[] film = new byte[width * height];
        Array.Fill(film, (byte)128);
        float[] pixels = new float[side * side];
        for (int row = 0; row < rollouts.Count; row++)
        {
            for (int column = 0; column < steps.Count; column++)
            {
                Draw(rollouts[row].States[Math.Min(steps[column], rollouts[row].Steps)], pixels);
                for (int i = 0; i < pixels.Length; i++)
                    film[((1 + (row * pitch) + (i / side)) * width) + 1 + (column * pitch) + (i % side)] = (byte)Math.Round(pixels[i] * 255);
            }
        }
        return new GreyPicture(title, width, height, film);
    }
}
