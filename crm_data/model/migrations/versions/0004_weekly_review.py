"""The weekly review: meetings with participants that are closed, decisions with the cut they are to move, annotations that can be taken back."""
import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('annotation') as table:
        table.add_column(sa.Column('deleted_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('meeting') as table:
        table.add_column(sa.Column('participants', sa.Text(), nullable=True))
        table.add_column(sa.Column('changed_at', sa.DateTime(), nullable=True))
        table.add_column(sa.Column('closed_at', sa.DateTime(), nullable=True))
        table.add_column(sa.Column('deleted_at', sa.DateTime(), nullable=True))
    with op.batch_alter_table('decision') as table:
        table.add_column(sa.Column('cut', sa.Text(), nullable=True))
        table.add_column(sa.Column('deleted_at', sa.DateTime(), nullable=True))


def downgrade() -> None:
    for name, columns in (('decision', ('deleted_at', 'cut')), ('meeting', ('deleted_at', 'closed_at', 'changed_at', 'participants')), ('annotation', ('deleted_at',))):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
