"""What slides and page are written from: findings in order, each with its sentence, figures, picture and table, all decided and formatted."""
