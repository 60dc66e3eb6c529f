namespace Kappa.Pieces;

/// <summary>Draws another stream for each use: of a batch in pieces all pieces begin at the same use, and the batch counts once.</summary>
internal interface IDrawsByPiece
{
    /// <summary>A batch is over, in which each piece used it so often.</summary>
    void Advance(int uses);
}
