namespace Kappa.Lab.Tasks.CartPole;

/// <summary>What a policy sees of a cart-pole: a sighting of now, and of some steps before where it sees several.</summary>
/// <param name="Shape">The shape of an observation; sightings are its first axis where there are several.</param>
/// <param name="Size">Numbers of a sighting.</param>
/// <param name="Stack">Sightings of an observation, the newest last.</param>
/// <param name="Every">Steps from one to the next.</param>
/// <param name="Look">Writes a sighting of a state.</param>
internal sealed record CartPoleEye(Shape Shape, int Size, int Stack, int Every, Action<CartPoleState, Span<float>> Look)
{
    private const int StateSize = 5;

    /// <summary>Numbers of an observation.</summary>
    internal int ObservationSize => Size * Stack;

    /// <summary>Sees place, sine and cosine of the angle, speed and angular velocity.</summary>
    internal static CartPoleEye OfState { get; } = new([StateSize], StateSize, 1, 1, (state, sighting) =>
    {
        var (sine, cosine) = Math.SinCos(state.Angle);
        (sighting[0], sighting[1], sighting[2]) = ((float)state.Place, (float)sine, (float)cosine);
        (sighting[3], sighting[4]) = ((float)state.Speed, (float)state.Rotation);
    });

    /// <summary>Sees grey pictures.</summary>
    /// <param name="side">Pixels along a side.</param>
    /// <param name="frames">Pictures of an observation.</param>
    /// <param name="every">Steps from one to the next.</param>
    internal static CartPoleEye OfPictures(int side, int frames, int every)
    {
        var artist = new CartPoleArtist(side);
        return new([frames, side, side], side * side, frames, every, artist.Draw);
    }

    /// <summary>The same with each number of a sighting shifted and scaled.</summary>
    internal CartPoleEye With(Standardization standardization) => this with
    {
        Look = (state, sighting) =>
        {
            Look(state, sighting);
            standardization.ApplyInPlace(sighting);
        },
    };

    /// <summary>Writes what is seen after the last of some states.</summary>
    internal void Observe(IReadOnlyList<CartPoleState> states, Span<float> observation)
    {
        for (int i = 0; i < Stack; i++)
            Look(states[CloningRows.Earlier(states.Count - 1, Stack - 1 - i, Every)], observation.Slice(i * Size, Size));
    }
}
